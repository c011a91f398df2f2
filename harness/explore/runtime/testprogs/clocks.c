/* Looks at clocks and sleeps. */
#include <errno.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>

#include "ways.h"

static int64_t now(clockid_t clock)
{
    struct timespec at;
    CHECK(clock_gettime(clock, &at) == 0);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

#define MILLISECOND INT64_C(1000000)
#define SECOND      (1000 * MILLISECOND)

static bool near(int64_t value, int64_t expected)
{
    return value >= expected && value < expected + MILLISECOND;
}

/* All clocks go together, and stand where every run begins. */
static int bases(void)
{
    struct timeval day;
    struct timespec utc;
    int64_t real = now(CLOCK_REALTIME);
    CHECK(near(real, 1700000000 * SECOND));
    CHECK(near(now(CLOCK_MONOTONIC), 1000 * SECOND));
    CHECK(near(now(CLOCK_MONOTONIC_RAW), 1000 * SECOND));
    CHECK(near(now(CLOCK_MONOTONIC_COARSE), 1000 * SECOND));
    CHECK(near(now(CLOCK_BOOTTIME), 1000 * SECOND));
    CHECK(near(now(CLOCK_TAI), real + 37 * SECOND));
    CHECK(near(now(CLOCK_PROCESS_CPUTIME_ID), 0));
    CHECK(near(now(CLOCK_THREAD_CPUTIME_ID), 0));
    CHECK(gettimeofday(&day, NULL) == 0 && day.tv_sec == 1700000000);
    CHECK(time(NULL) == 1700000000);
    CHECK(timespec_get(&utc, TIME_UTC) == TIME_UTC && utc.tv_sec == 1700000000);
    CHECK(clock_gettime(77, &utc) == -1 && errno == EINVAL);
    return 0;
}

/* Sleeps take exactly what they are to take, of the clock. */
static int sleeps(void)
{
    int64_t start = now(CLOCK_MONOTONIC);
    int64_t cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    struct timespec time = {2, 500 * MILLISECOND};
    CHECK(nanosleep(&time, NULL) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start += 2500 * MILLISECOND));
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start += 2500 * MILLISECOND));
    CHECK(usleep(3000000) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start += 3 * SECOND));
    CHECK(sleep(1000) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start += 1000 * SECOND));
    CHECK(thrd_sleep(&time, NULL) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start += 2500 * MILLISECOND));
    time = (struct timespec){(start + 5 * SECOND) / SECOND, (start + 5 * SECOND) % SECOND};
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start += 5 * SECOND));
    time.tv_sec += 1700000000 - 1000 + 1;
    CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL) == 0);
    CHECK(near(now(CLOCK_MONOTONIC), start + SECOND));
    CHECK(near(now(CLOCK_PROCESS_CPUTIME_ID), cpu));
    time = (struct timespec){0, -1};
    CHECK(nanosleep(&time, NULL) == -1 && errno == EINVAL);
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL) == EINVAL);
    return 0;
}

static volatile int value;

static void *set(void *unused)
{
    time(NULL); /* a point */
    value = 1;
    return unused;
}

/* A sleep that stands in for an order: 0 where it holds, 1 where not. */
static int order(void)
{
    pthread_t thread = make(set, NULL);
    sleep(1);
    int seen = value;
    join(thread);
    return !seen;
}

static int await(void)
{
    pthread_t thread = make(set, NULL);
    while (!value)
        usleep(10);
    join(thread);
    return 0;
}

static int yielding(void)
{
    pthread_t thread = make(set, NULL);
    while (!value)
        sched_yield();
    join(thread);
    return 0;
}

/* Busy until a time comes. */
static int until(void)
{
    pthread_t thread = make(set, NULL);
    int64_t end = now(CLOCK_MONOTONIC) + 10 * SECOND;
    while (now(CLOCK_MONOTONIC) < end)
        ;
    join(thread);
    return 0;
}

static int alarmed(void)
{
    alarm(1000);
    pthread_t thread = make(set, NULL);
    join(thread);
    return 0;
}

int main(int count, char **arguments)
{
    static const struct way ways[] = {
        {"bases", bases}, {"sleeps", sleeps},     {"order", order},   {"await", await},
        {"until", until}, {"yielding", yielding}, {"alarm", alarmed}, {NULL, NULL}};
    return count == 2 ? go(ways, arguments[1]) : 254;
}
