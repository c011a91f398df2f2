/* Threads that wait for one of their own that is late. */
#include "looks.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { CROWD = 4, TICKS = 15, RELAY_US = 100, TURNS = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool ready;

static void *sleep_in_thread(void *arg)
{
    rest();
    return arg;
}

/* Sleepers, among those that wait for them. */
static void joining(void)
{
    pthread_t threads[CROWD];
    for (int i = 0; i < CROWD; i++)
        pthread_create(&threads[i], NULL, sleep_in_thread, NULL);
    for (int i = 0; i < CROWD; i++)
        pthread_join(threads[i], NULL);
}

static void computing(void)
{
    compute();
}

static void set_ready(void)
{
    pthread_mutex_lock(&mutex);
    ready = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void *await_ready(void *arg)
{
    pthread_mutex_lock(&mutex);
    while (!ready)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    return arg;
}

static void with_crowd(void *(*waits)(void *), void (*late)(void))
{
    pthread_t threads[CROWD];
    for (int i = 0; i < CROWD; i++)
        pthread_create(&threads[i], NULL, waits, NULL);
    late();
    for (int i = 0; i < CROWD; i++)
        pthread_join(threads[i], NULL);
}

static void compute_and_set_ready(void)
{
    compute();
    set_ready();
}

/* All wait for the one that computes. */
static void condition_late(void)
{
    with_crowd(await_ready, compute_and_set_ready);
}

static void *lock_and_unlock(void *arg)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    return arg;
}

static void *hold_and_join(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    with_crowd(sleep_in_thread, compute);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void hold(void)
{
    hold_and_join(NULL);
}

static void mutex_late(void)
{
    with_crowd(lock_and_unlock, hold);
}

static pthread_barrier_t barrier;

static void *meet(void *arg)
{
    pthread_barrier_wait(&barrier);
    return arg;
}

static void meet_late(void)
{
    rest();
    meet(NULL);
}

static void barrier_late(void)
{
    pthread_barrier_init(&barrier, NULL, CROWD + 1);
    with_crowd(meet, meet_late);
}

static pthread_once_t at_first = PTHREAD_ONCE_INIT;

static void *do_once(void *arg)
{
    pthread_once(&at_first, compute);
    return arg;
}

static void only_once(void)
{
    do_once(NULL);
}

static void once_late(void)
{
    with_crowd(do_once, only_once);
}

static void *set_ready_in_thread(void *arg)
{
    set_ready();
    return arg;
}

/* Creates the thread that frees all, and then waits like them. */
static void create_late(void)
{
    pthread_t thread;
    rest();
    pthread_create(&thread, NULL, set_ready_in_thread, NULL);
    pthread_join(thread, NULL);
}

static void thread_late(void)
{
    with_crowd(await_ready, create_late);
}

static sem_t tick;

static void *count_ticks(void *arg)
{
    for (int i = 0; i < TICKS; i++)
        sem_wait(&tick);
    return arg;
}

/* About as often as the watchdog looks, a thread is woken and waits again. */
static void ticking(void)
{
    pthread_t thread;
    sem_init(&tick, 0, 0);
    pthread_create(&thread, NULL, count_ticks, NULL);
    for (int i = 0; i < TICKS; i++) {
        usleep(35000);
        sem_post(&tick);
    }
    pthread_join(thread, NULL);
}

static sem_t turns[2];

static void *take_turns(void *arg)
{
    int mine = arg != NULL;
    for (int i = 0; i < TURNS; i++) {
        sem_wait(&turns[mine]);
        for (volatile int work = 0; work < 20000; work++)
            ;
        sem_post(&turns[!mine]);
    }
    return NULL;
}

/* At any moment one of the two waits, and for a moment both may be found waiting. */
static void taking_turns(void)
{
    pthread_t thread;
    sem_init(&turns[0], 0, 1);
    sem_init(&turns[1], 0, 0);
    pthread_create(&thread, NULL, take_turns, &turns);
    take_turns(NULL);
    pthread_join(thread, NULL);
}

static sem_t arrived;
static struct timespec until;

/* Each lives for a moment, and hands on to the next before it ends. */
static void *relay(void *arg)
{
    pthread_t next;
    usleep(RELAY_US);
    if (is_past(&until)) {
        sem_post(&arrived);
    } else {
        MUST(pthread_create(&next, NULL, relay, arg) == 0);
        pthread_detach(next);
    }
    return NULL;
}

static void relaying(void)
{
    pthread_t first;
    sem_init(&arrived, 0, 0);
    until = deadline(CLOCK_MONOTONIC);
    pthread_create(&first, NULL, relay, NULL);
    pthread_detach(first);
    sem_wait(&arrived);
}

static atomic_bool stop;

static void *spin(void *arg)
{
    while (!atomic_load(&stop))
        sched_yield();
    return arg;
}

static void stop_late(void)
{
    rest();
    atomic_store(&stop, true);
}

static void yielding(void)
{
    with_crowd(spin, stop_late);
}

/* The first thread ends, and another goes on. */
static void *outlive(void *arg)
{
    (void)arg;
    rest();
    exit(0);
}

static void leader_gone(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, outlive, NULL);
    pthread_exit(NULL);
}

const struct look looks_threads[] = {
    {"join", joining},
    {"compute", computing},
    {"condition_late", condition_late},
    {"mutex_late", mutex_late},
    {"barrier_late", barrier_late},
    {"once_late", once_late},
    {"thread_late", thread_late},
    {"ticks", ticking},
    {"turns", taking_turns},
    {"relay", relaying},
    {"yield", yielding},
    {"leader", leader_gone},
    {0},
};
