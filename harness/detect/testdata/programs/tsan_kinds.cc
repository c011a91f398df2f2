// One report of ThreadSanitizer a kind, by name: tsan_kinds KIND. What only C++ has, and how its threads,
// locks and containers look in a stack.
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

static int turns[2];

// Raw system calls: no order between the threads as the runtime sees it.
static void pass_turn()
{
    syscall(SYS_write, turns[1], "x", 1);
}

static void await_turn()
{
    char token;
    syscall(SYS_read, turns[0], &token, 1);
}

struct Account {
    virtual ~Account()
    {
        balance = 0;
    }
    virtual void pay()
    {
        balance++;
    }
    long balance = 0;
};

struct Savings : Account {
    void pay() override
    {
        balance += 2;
    }
};

static void vptr()
{
    auto *account = new Savings;
    std::thread payer([&] {
        account->pay();
        pass_turn();
    });
    await_turn();
    delete account;
    payer.join();
}

static void vptr_after_free()
{
    Account *account = new Account;
    std::thread closer([&] {
        delete account;
        pass_turn();
    });
    await_turn();
    account->pay();
    closer.join();
}

static void vector()
{
    std::vector<int> list;
    std::thread adder([&] {
        list.push_back(1);
        pass_turn();
    });
    await_turn();
    list.push_back(2);
    adder.join();
}

namespace bank
{
class Ledger
{
  public:
    void add(long n)
    {
        std::lock_guard<std::mutex> held(lock_);
        sum_ += n;
    }
    long sum() const
    {
        return sum_;
    }

  private:
    std::mutex lock_;
    long sum_ = 0;
};
} // namespace bank

static void member()
{
    auto ledger = std::make_unique<bank::Ledger>();
    std::thread adder([&] {
        ledger->add(3);
        pass_turn();
    });
    await_turn();
    printf("%ld\n", ledger->sum());
    adder.join();
}

static std::mutex from, to;

static void lock_order()
{
    std::thread([] {
        std::lock_guard<std::mutex> first(from);
        std::lock_guard<std::mutex> second(to);
    }).join();
    std::thread([] {
        std::unique_lock<std::mutex> first(to);
        std::unique_lock<std::mutex> second(from);
    }).join();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)();
    } kinds[] = {
        {"vptr", vptr},     {"vptr-after-free", vptr_after_free}, {"vector", vector},
        {"member", member}, {"lock-order", lock_order},
    };
    if (pipe(turns) != 0)
        return 1;
    for (const auto &kind : kinds) {
        if (argc < 2)
            puts(kind.name);
        else if (strcmp(argv[1], kind.name) == 0)
            kind.run();
    }
    return 0;
}
