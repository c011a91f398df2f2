// A program in C++ whose two threads count without a lock, for the tests of `racelab check`.
#include <string>
#include <thread>

struct Counter {
    long total = 0;
    void add(long amount) { total += amount; }
};

static Counter counter;

int main()
{
    std::thread first([] { counter.add(1); });
    std::thread second([] { counter.add(2); });
    first.join();
    second.join();
    return 0;
}
