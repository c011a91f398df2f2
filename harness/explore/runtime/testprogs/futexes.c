/* Locks and waits made of futexes. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "ways.h"

static _Atomic int word, other;

static long futex(_Atomic int *at, int operation, int value, const void *time, void *second,
                  int third)
{
    return syscall(SYS_futex, at, operation | FUTEX_PRIVATE_FLAG, value, time, second, third);
}

/* 0: free, 1: held, 2: held, and some wait. Drepper, "Futexes are tricky". */
static void lock(void)
{
    int seen = 0;
    if (atomic_compare_exchange_strong(&word, &seen, 1))
        return;
    if (seen != 2)
        seen = atomic_exchange(&word, 2);
    while (seen != 0) {
        futex(&word, FUTEX_WAIT, 2, NULL, NULL, 0);
        seen = atomic_exchange(&word, 2);
    }
}

static void unlock(void)
{
    if (atomic_fetch_sub(&word, 1) == 1)
        return;
    atomic_store(&word, 0);
    futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int counter;

static void *count_up(void *unused)
{
    for (int i = 0; i < 3; i++) {
        lock();
        int seen = counter;
        time(NULL); /* points */
        sched_yield();
        counter = seen + 1;
        unlock();
    }
    return unused;
}

static int counting(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = make(count_up, NULL);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    return counter;
}

static void *wake(void *unused)
{
    futex(&word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    return unused;
}

/* Woken without a change of the word: for ever where the wake-up is first. */
static int lost(void)
{
    pthread_t thread = make(wake, NULL);
    CHECK(futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0) == 0);
    join(thread);
    return 0;
}

static int timed(int operation, const struct timespec *time, int bits)
{
    pthread_t thread = make(wake, NULL);
    long result = futex(&word, operation, 0, time, NULL, bits);
    CHECK(result == 0 || (result == -1 && errno == ETIMEDOUT));
    join(thread);
    return result == 0;
}

static int relative(void)
{
    return timed(FUTEX_WAIT, &(struct timespec){1, 0}, 0);
}

static int absolute(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    now.tv_sec++;
    return timed(FUTEX_WAIT_BITSET, &now, 1);
}

static int refused(void)
{
    CHECK(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0) == -1 && errno == EAGAIN);
    CHECK(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0) == -1 && errno == EINVAL);
    CHECK(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0);
    CHECK(syscall(SYS_getpid) == getpid());
    CHECK(syscall(SYS_close, -1) == -1 && errno == EBADF);
    return 0;
}

static void *wait_moved(void *unused)
{
    while (atomic_load(&word) == 0)
        futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
    while (atomic_load(&other) == 0)
        futex(&other, FUTEX_WAIT, 0, NULL, NULL, 0);
    return unused;
}

static int moved(void)
{
    pthread_t a = make(wait_moved, NULL);
    pthread_t b = make(wait_moved, NULL);
    time(NULL);
    atomic_store(&word, 1);
    CHECK(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)(intptr_t)INT_MAX, &other, 1) >= 0);
    time(NULL);
    atomic_store(&other, 1);
    futex(&other, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    join(a);
    join(b);
    return 0;
}

int main(int count, char **arguments)
{
    static const struct way ways[] = {{"counting", counting},
                                      {"lost", lost},
                                      {"relative", relative},
                                      {"absolute", absolute},
                                      {"refused", refused},
                                      {"moved", moved},
                                      {NULL, NULL}};
    return count == 2 ? go(ways, arguments[1]) : 254;
}
