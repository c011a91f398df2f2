/*
 * Threads that wait by looking again and again, in the way that the first argument names. All end by themselves, if only
 * every thread goes on at times.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

enum { ROUNDS = 3, SIZE = 3000 };

static volatile int flag, other_flag, third_flag;
static atomic_int ready, lock_word, next_ticket, now_serving;
static atomic_flag taken = ATOMIC_FLAG_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;
static int numbers[SIZE];
static volatile int factor = 2;
static volatile long looked;

static void wait_for_flag(void)
{
    while (!flag)
        ;
}

static void wait_for_atomic(void)
{
    while (!atomic_load_explicit(&ready, memory_order_acquire))
        sched_yield();
}

static void wait_for_several(void)
{
    while (!(flag && other_flag && third_flag))
        ;
}

/* It writes while it waits. */
static void wait_and_count(void)
{
    while (!flag)
        looked++;
}

static void wait_under_lock(void)
{
    bool done = false;
    while (!done) {
        pthread_mutex_lock(&mutex);
        done = flag;
        pthread_mutex_unlock(&mutex);
    }
}

static void set_all(void)
{
    pthread_mutex_lock(&mutex);
    flag = 1;
    pthread_mutex_unlock(&mutex);
    other_flag = 1;
    third_flag = 1;
    atomic_store_explicit(&ready, 1, memory_order_release);
}

static void by_flag_lock(void)
{
    while (atomic_flag_test_and_set(&taken))
        ;
    counter++;
    atomic_flag_clear(&taken);
}

static void by_exchange(void)
{
    while (atomic_exchange(&lock_word, 1))
        ;
    counter++;
    atomic_store(&lock_word, 0);
}

static void by_compare(void)
{
    int free_word;
    do
        free_word = 0;
    while (!atomic_compare_exchange_weak(&lock_word, &free_word, 1));
    counter++;
    atomic_store(&lock_word, 0);
}

static void by_ticket(void)
{
    int ticket = atomic_fetch_add(&next_ticket, 1);
    while (atomic_load(&now_serving) != ticket)
        ;
    counter++;
    atomic_fetch_add(&now_serving, 1);
}

static void by_try(void)
{
    while (pthread_mutex_trylock(&mutex) != 0)
        ;
    counter++;
    pthread_mutex_unlock(&mutex);
}

static const struct {
    const char *name;
    void (*wait)(void);
    void (*lock)(void);
} ways[] = {
    {"flag", wait_for_flag, NULL},         {"atomic", wait_for_atomic, NULL},
    {"several", wait_for_several, NULL},   {"counting", wait_and_count, NULL},
    {"under-lock", wait_under_lock, NULL}, {"test-and-set", NULL, by_flag_lock},
    {"exchange", NULL, by_exchange},       {"compare", NULL, by_compare},
    {"ticket", NULL, by_ticket},           {"try", NULL, by_try},
};

static void *waits(void *argument)
{
    ((void (*)(void))argument)();
    return NULL;
}

static void *locks(void *argument)
{
    for (int round = 0; round < ROUNDS; round++)
        ((void (*)(void))argument)();
    return NULL;
}

static void run(void *(*function)(void *), void (*way)(void), void (*meanwhile)(void))
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, function, (void *)way);
    if (meanwhile)
        meanwhile();
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

/* Loops that look like waiting and are not: what they compute must be right. */
static void *computes(void *argument)
{
    long *sum = argument;
    for (int i = 0; i < SIZE; i++)
        *sum += numbers[i] * factor;
    for (int i = 0; i < SIZE; i++)
        if (factor == 2)
            *sum += 1;
    return NULL;
}

static int compute(void)
{
    long sums[2] = {0, 0};
    pthread_t threads[2];
    for (int i = 0; i < SIZE; i++)
        numbers[i] = i % 7;
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, computes, &sums[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    /* 3000 numbers are 428 weeks of 0 to 6, and 0 to 3 */
    return sums[0] != 2 * (428 * 21 + 6) + SIZE || sums[1] != sums[0];
}

/* Nobody ever sets it. */
static void wait_in_vain(void)
{
    while (!flag)
        sched_yield();
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "compute") == 0)
        return compute();
    if (count == 2 && strcmp(arguments[1], "in-vain") == 0)
        run(waits, wait_in_vain, NULL);
    for (size_t i = 0; count == 2 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(arguments[1], ways[i].name) != 0)
            continue;
        if (ways[i].wait)
            run(waits, ways[i].wait, set_all);
        else
            run(locks, ways[i].lock, NULL);
        return counter != (ways[i].lock ? 3 * ROUNDS : 0);
    }
    return 2;
}
