// A reader takes letters from a mailbox until the writer says that no more will come.
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>

namespace
{

class mailbox
{
  public:
    void put(int letter)
    {
        std::lock_guard<std::mutex> guard(lock_);
        letters_.push(letter);
        changed_.notify_one();
    }

    void close()
    {
        std::lock_guard<std::mutex> guard(lock_);
        closed_ = true;
        changed_.notify_one();
    }

    // False where the box is empty and closed.
    bool take(int &letter)
    {
        std::unique_lock<std::mutex> guard(lock_);
        changed_.wait(guard, [this] { return closed_ || !letters_.empty(); });
        if (letters_.empty())
            return false;
        letter = letters_.front();
        letters_.pop();
        return true;
    }

  private:
    std::mutex lock_; // guards all below
    std::condition_variable changed_;
    std::queue<int> letters_;
    bool closed_ = false;
};

} // namespace

int main()
{
    mailbox box;
    int sum = 0;
    std::thread reader([&] {
        int letter = 0;
        while (box.take(letter))
            sum += letter;
    });
    for (int letter = 1; letter <= 100; letter++)
        box.put(letter);
    box.close();
    reader.join();
    assert(sum == 5050);
    return 0;
}
