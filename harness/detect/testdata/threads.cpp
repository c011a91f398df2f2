// A program of the C++ library's threads, for the readers' tests: a race on the heap with a lock held
// on one side, an inverted lock order, and a mutex unlocked by a thread that does not hold it.
#include <mutex>
#include <thread>

namespace till {
struct account {
    std::mutex guard;
    long balance = 0;
};

template <typename Amount> void pay_in(account *to, Amount amount)
{
    std::lock_guard<std::mutex> hold(to->guard);
    to->balance += amount;
}

void transfer(account *from, account *to)
{
    std::lock_guard<std::mutex> hold_from(from->guard);
    std::lock_guard<std::mutex> hold_to(to->guard);
    from->balance--;
    to->balance++;
}
} // namespace till

int main()
{
    auto *first = new till::account;
    auto *second = new till::account;
    std::thread payer([first] { till::pay_in<int>(first, 5); });
    std::thread looker([first] { first->balance = 7; });
    payer.join();
    looker.join();
    std::thread there(till::transfer, first, second);
    there.join();
    std::thread back(till::transfer, second, first);
    back.join();
    first->guard.lock();
    std::thread stranger([first] { first->guard.unlock(); });
    stranger.join();
    delete first;
    delete second;
    return 0;
}
