/*
 * relative_timedwait: a time span given to pthread_cond_timedwait as its deadline
 *
 * Story: a telephone exchange takes one unit off a prepaid card for each tenth of a second, until
 * the caller hangs up or the card is empty and he is cut off.
 * Wrong: every card is empty at once. The caller has paid for five units and spoken for none.
 * Why: pthread_cond_timedwait takes the time at which to give up, not how long to wait. A tenth of
 * a second after the clock's zero is long past, so each wait ends at once with ETIMEDOUT, which
 * reads as a unit that is over.
 * Fix: the deadline is the time by the condition's own clock, plus the unit.
 * Roadmap: Condition, threads
 * CWE: CWE-628 Function Call with Incorrectly Specified Arguments
 * CERT: none
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define SECOND INT64_C(1000000000) /* all times are in nanoseconds */
#define UNIT (SECOND / 10)

enum { PAID = 5 };

static struct {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t caller;
    pthread_cond_t exchange;
    int units;
    int64_t spoken;
    bool hung_up, cut_off;
} call = {.lock = PTHREAD_MUTEX_INITIALIZER, .exchange = PTHREAD_COND_INITIALIZER, .units = PAID};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void *exchange(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&call.lock);
    int64_t begin = now();
    while (call.units > 0 && !call.hung_up) {
        int64_t end = UNIT;
        struct timespec deadline = {.tv_sec = end / SECOND, .tv_nsec = end % SECOND};

        if (pthread_cond_timedwait(&call.caller, &call.lock, &deadline) == ETIMEDOUT)
            call.units--;
    }
    call.spoken = now() - begin;
    call.cut_off = true;
    pthread_cond_signal(&call.exchange);
    while (!call.hung_up)
        pthread_cond_wait(&call.caller, &call.lock);
    pthread_mutex_unlock(&call.lock);
    return NULL;
}

int main(void)
{
    pthread_condattr_t clock;
    pthread_t thread;

    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&call.caller, &clock);
    pthread_condattr_destroy(&clock);
    pthread_create(&thread, NULL, exchange, NULL);
    pthread_mutex_lock(&call.lock);
    while (!call.cut_off)
        pthread_cond_wait(&call.exchange, &call.lock);
    call.hung_up = true;
    pthread_cond_signal(&call.caller);
    pthread_mutex_unlock(&call.lock);
    pthread_join(thread, NULL);

    /* A busy machine makes a call longer than what was paid for, and never shorter. */
    assert(call.spoken >= PAID * UNIT); /* bug: wrong-result(spoken) */
    return 0;
}
