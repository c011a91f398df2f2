/* Conditions. */
#include "subject.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void prepare(pthread_mutex_t *made, int type, int robust)
{
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_settype(&attributes, type) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, robust) == 0);
    CHECK(pthread_mutex_init(made, &attributes) == 0);
}

static int answers(void)
{
    pthread_condattr_t attributes;
    pthread_cond_t monotonic;
    pthread_mutex_t strict;
    prepare(&strict, PTHREAD_MUTEX_ERRORCHECK, 0);
    CHECK(pthread_condattr_init(&attributes) == 0);
    CHECK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    TELL(pthread_cond_init(&monotonic, &attributes));
    TELL(pthread_cond_signal(&monotonic));
    TELL(pthread_cond_broadcast(&monotonic));
    TELL(pthread_cond_wait(&monotonic, &strict));
    TELL(pthread_cond_timedwait(&monotonic, &strict, &past));
    TELL(pthread_mutex_lock(&strict));
    TELL(pthread_cond_timedwait(&monotonic, &strict, &past));
    TELL(pthread_cond_timedwait(&monotonic, &strict, &invalid));
    TELL(pthread_cond_clockwait(&monotonic, &strict, CLOCK_REALTIME, &past));
    TELL(pthread_cond_clockwait(&monotonic, &strict, CLOCK_MONOTONIC, &past));
    TELL(pthread_cond_clockwait(&monotonic, &strict, CLOCK_MONOTONIC, &invalid));
    TELL(pthread_cond_clockwait(&monotonic, &strict, CLOCK_TAI, &past));
    TELL(pthread_mutex_unlock(&strict));
    TELL(pthread_cond_destroy(&monotonic));
    TELL(pthread_cond_init(&monotonic, NULL));
    TELL(pthread_cond_destroy(&monotonic));
    TELL(pthread_cond_signal(&condition));
    TELL(pthread_cond_destroy(&condition));
    return 0;
}

static int items, taken, waiting, woken, go;

static void lock(void)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
}

static void unlock(void)
{
    CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void count(int more)
{
    waiting += more;
    CHECK(pthread_cond_broadcast(&changed) == 0);
}

static void wait_here(void)
{
    CHECK(pthread_cond_wait(&condition, &mutex) == 0);
    CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
}

static void *takes(void *unused)
{
    lock();
    while (items == 0)
        wait_here();
    items--;
    taken++;
    unlock();
    return unused;
}

/* As many signals as items. */
static int hands_on(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = make(takes, NULL);
    for (int i = 0; i < 3; i++) {
        lock();
        items++;
        CHECK(pthread_cond_signal(&condition) == 0);
        unlock();
    }
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    CHECK(taken == 3 && items == 0);
    return 0;
}

static void *waits_once(void *number)
{
    lock();
    count(1);
    wait_here();
    count(-1);
    woken = woken * 10 + (int)(long)number;
    unlock();
    return NULL;
}

/* The signal may come before the wait. */
static int lost(void)
{
    pthread_t thread = make(waits_once, (void *)1);
    lock();
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    join(thread);
    return 0;
}

/* Comes back with the mutex. */
static void until_waiting(int number)
{
    lock();
    while (waiting != number)
        CHECK(pthread_cond_wait(&changed, &mutex) == 0);
}

/* Which of three a signal wakes. */
static int one_of(void)
{
    pthread_t threads[3];
    for (long i = 0; i < 3; i++)
        threads[i] = make(waits_once, (void *)(i + 1));
    until_waiting(3);
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    until_waiting(2);
    int first = woken;
    CHECK(pthread_cond_broadcast(&condition) == 0);
    unlock();
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    return first;
}

/* Two signals wake two of three, whichever; the third stays. */
static int two_signals(void)
{
    pthread_t threads[3];
    for (long i = 0; i < 3; i++)
        threads[i] = make(waits_once, (void *)(i + 1));
    until_waiting(3);
    CHECK(pthread_cond_signal(&condition) == 0);
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    until_waiting(1);
    int pair = woken;
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    return pair == 12 ? 1 : pair == 21 ? 2 : pair == 13 ? 3 : pair == 31 ? 4 : pair == 23 ? 5 : 6;
}

static void *passes_on(void *number)
{
    waits_once(number);
    CHECK(pthread_cond_signal(&condition) == 0);
    return NULL;
}

static void *waits_behind(void *number)
{
    lock();
    count(10);
    wait_here();
    woken = woken * 10 + (int)(long)number;
    unlock();
    return NULL;
}

/* A signal is not for one who begins to wait after it: the first is woken by it, and then wakes the other. */
static int late_comer(void)
{
    pthread_t first = make(passes_on, (void *)1);
    until_waiting(1);
    CHECK(pthread_cond_signal(&condition) == 0);
    pthread_t second = make(waits_behind, (void *)2);
    unlock();
    /* Should the first have passed it on before the other was there, once more. */
    join(first);
    until_waiting(10);
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    join(second);
    CHECK(woken == 12);
    return 0;
}

static int all(void)
{
    pthread_t threads[3];
    for (long i = 0; i < 3; i++)
        threads[i] = make(waits_once, (void *)(i + 1));
    until_waiting(3);
    CHECK(pthread_cond_broadcast(&condition) == 0);
    unlock();
    /* All have been woken, so it is no longer in use. */
    CHECK(pthread_cond_destroy(&condition) == 0);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    return 0;
}

static int result;

static void *waits_timed(void *unused)
{
    lock();
    count(1);
    result = pthread_cond_timedwait(&condition, &mutex, &far);
    CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
    unlock();
    return unused;
}

static int timed(void)
{
    pthread_t thread = make(waits_timed, NULL);
    lock();
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    join(thread);
    CHECK(result == 0 || result == ETIMEDOUT);
    return result == ETIMEDOUT;
}

/* Of two one has a time limit. A signal is lost neither by its end nor to it: the other is woken if this one was not. */
static int timed_pair(void)
{
    pthread_t first = make(waits_timed, NULL);
    pthread_t second = make(waits_once, (void *)1);
    until_waiting(2);
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    join(first);
    bool late = result == ETIMEDOUT;
    if (!late) {
        lock();
        CHECK(pthread_cond_signal(&condition) == 0);
        unlock();
    }
    join(second);
    return late;
}

static void *waits_if(void *unused)
{
    lock();
    if (!go)
        wait_here();
    result = go;
    unlock();
    return unused;
}

static int by_if(void)
{
    pthread_t thread = make(waits_if, NULL);
    lock();
    go = 1;
    CHECK(pthread_cond_signal(&condition) == 0);
    unlock();
    join(thread);
    return result ? 0 : 1;
}

static int destroyed_waited(void)
{
    pthread_t thread = make(waits_once, (void *)1);
    until_waiting(1);
    unlock();
    pthread_cond_destroy(&condition);
    join(thread);
    return 0;
}

static int made_anew_waited(void)
{
    pthread_t thread = make(waits_once, (void *)1);
    until_waiting(1);
    unlock();
    pthread_cond_init(&condition, NULL);
    join(thread);
    return 0;
}

static int signalled_destroyed(void)
{
    CHECK(pthread_cond_destroy(&condition) == 0);
    return pthread_cond_signal(&condition);
}

static int broadcast_destroyed(void)
{
    CHECK(pthread_cond_destroy(&condition) == 0);
    return pthread_cond_broadcast(&condition);
}

static int waited_destroyed(void)
{
    CHECK(pthread_cond_destroy(&condition) == 0);
    lock();
    return pthread_cond_wait(&condition, &mutex);
}

static int destroyed_twice(void)
{
    CHECK(pthread_cond_destroy(&condition) == 0);
    return pthread_cond_destroy(&condition);
}

static int made_anew(void)
{
    CHECK(pthread_cond_destroy(&condition) == 0);
    condition = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    lock();
    CHECK(pthread_cond_timedwait(&condition, &mutex, &past) == ETIMEDOUT);
    unlock();
    CHECK(pthread_cond_signal(&condition) == 0);
    return 0;
}

/* A wait gives a recursive mutex back once. */
static int held_twice(void)
{
    prepare(&mutex, PTHREAD_MUTEX_RECURSIVE, 0);
    pthread_t thread = make(waits_if, NULL);
    lock();
    lock();
    CHECK(pthread_cond_wait(&condition, &mutex) == 0);
    join(thread);
    return 0;
}

static void *signals_and_ends(void *unused)
{
    lock();
    go = 1;
    CHECK(pthread_cond_signal(&condition) == 0);
    return unused;
}

static int owner_dies(void)
{
    prepare(&mutex, PTHREAD_MUTEX_NORMAL, 1);
    lock();
    pthread_t thread = make(signals_and_ends, NULL);
    TELL(pthread_cond_wait(&condition, &mutex));
    TELL(pthread_mutex_consistent(&mutex));
    TELL(pthread_mutex_unlock(&mutex));
    join(thread);
    return 0;
}

static void clean(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
    woken = 7;
    unlock();
}

static void *cancelled_wait(void *unused)
{
    lock();
    count(1);
    pthread_cleanup_push(clean, NULL);
    for (;;)
        pthread_cond_wait(&condition, &mutex);
    pthread_cleanup_pop(0);
    return unused;
}

static int cancelled(void)
{
    void *value;
    pthread_t thread = make(cancelled_wait, NULL);
    until_waiting(1);
    unlock();
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &value) == 0);
    CHECK(value == PTHREAD_CANCELED && woken == 7);
    return 0;
}

MODES({"answers", answers}, {"hands-on", hands_on}, {"lost", lost}, {"one-of", one_of},
      {"two-signals", two_signals}, {"late-comer", late_comer}, {"all", all}, {"timed", timed},
      {"timed-pair", timed_pair}, {"by-if", by_if}, {"destroyed-waited", destroyed_waited},
      {"made-anew-waited", made_anew_waited}, {"signalled-destroyed", signalled_destroyed},
      {"broadcast-destroyed", broadcast_destroyed}, {"waited-destroyed", waited_destroyed},
      {"destroyed-twice", destroyed_twice}, {"made-anew", made_anew}, {"held-twice", held_twice},
      {"owner-dies", owner_dies}, {"cancelled", cancelled})
