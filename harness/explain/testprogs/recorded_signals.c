/* recorded_signals HOW: signal handlers that lock, and locks at any instant. */
#include <signal.h>
#include <stdbool.h>

#include "recorded.h"

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t third = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t reading = PTHREAD_RWLOCK_INITIALIZER;

static __attribute__((noinline)) void take(pthread_mutex_t *lock)
{
    assert(pthread_mutex_lock(lock) == 0);
}

static void say_locks(void)
{
    SAY_ADDRESS(&first);
    SAY_ADDRESS(&second);
    SAY_ADDRESS(&third);
    SAY_ADDRESS(&reading);
    SAY_ADDRESS(take);
}

/* A handler that interrupts notes at any instruction and has locks of its own, which it keeps in the
 * last run. */
static volatile sig_atomic_t handled;
static pthread_t target;
enum { SIGNALS = 20000 };

static void handler(int signal)
{
    (void)signal;
    pthread_mutex_lock(&first);
    pthread_rwlock_rdlock(&reading);
    if (handled + 1 < SIGNALS) {
        pthread_rwlock_unlock(&reading);
        pthread_mutex_unlock(&first);
    }
    handled++;
}

static void *send_signals(void *arg)
{
    for (int i = 0; i < SIGNALS; i++) {
        int before = handled;
        pthread_kill(target, SIGUSR1);
        while (handled == before)
            ;
    }
    return arg;
}

static void interrupted(void)
{
    say_locks();
    pthread_t sender;
    struct sigaction action = {.sa_handler = handler};
    target = pthread_self();
    assert(sigaction(SIGUSR1, &action, NULL) == 0);
    assert(pthread_create(&sender, NULL, send_signals, NULL) == 0);
    while (handled < SIGNALS) {
        pthread_mutex_lock(&second);
        pthread_mutex_lock(&third);
        pthread_mutex_unlock(&third);
        pthread_mutex_unlock(&second);
    }
    pthread_join(sender, NULL);
    take(&third);
    ready();
}

/* Stops at each SIGTRAP, for a tracer that sends SIGUSR1 in between. Every signal takes two locks,
 * the next gives them back. */
static void toggle(int signal)
{
    static bool has;
    (void)signal;
    if (!has) {
        pthread_mutex_lock(&first);
        pthread_rwlock_rdlock(&reading);
    } else {
        pthread_mutex_unlock(&first);
        pthread_rwlock_unlock(&reading);
    }
    has = !has;
}

static void stepped(void)
{
    say_locks();
    struct sigaction action = {.sa_handler = toggle};
    assert(sigaction(SIGUSR1, &action, NULL) == 0);
    SAY_ADDRESS(toggle);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        raise(SIGTRAP);
        take(&second);
        raise(SIGTRAP);
        pthread_mutex_unlock(&second);
    }
}

/* Two threads lock for ever, one mutex of theirs and one of both in turn, in different functions. */
static void *keep_locking(void *arg)
{
    for (;;) {
        take(arg);
        pthread_mutex_unlock(arg);
        pthread_mutex_lock(&third);
        pthread_mutex_unlock(&third);
    }
    return NULL;
}

static void busy(void)
{
    say_locks();
    SAY_ADDRESS(keep_locking);
    pthread_t threads[2];
    assert(pthread_create(&threads[0], NULL, keep_locking, &first) == 0);
    assert(pthread_create(&threads[1], NULL, keep_locking, &second) == 0);
    ready();
}

int main(int argc, char **argv)
{
    static const struct way ways[] = {
        {"interrupted", interrupted}, {"stepped", stepped}, {"busy", busy}};
    return GO(ways);
}
