/*
 * lock_order_inversion.try_second: the refund's second lock is taken by trylock in a loop
 *
 * Patch: hides
 * Why: The refund no longer blocks on `from`, but it keeps `to` locked while it tries again, and a
 * payment that holds `from` waits for just that `to`: neither ever lets go. TSan enters no lock
 * that was taken by a trylock as the end of an edge, so the cycle is gone from its sight alone.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

static pthread_mutex_t from = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t to = PTHREAD_MUTEX_INITIALIZER;
static long from_balance = 500; /* guarded by from */
static long to_balance = 0;     /* guarded by to */

static void *payment_desk(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&from); /* bug: lock-order(from, to); drd blind: it keeps no lock order
                                  ; tsan, tsan-gcc blind: a trylock adds no edge to the order */
    pthread_mutex_lock(&to);   /* bug: lock-order(from, to) */
    from_balance -= 200;
    to_balance += 200;
    pthread_mutex_unlock(&to);
    pthread_mutex_unlock(&from);
    return NULL;
}

static void *refund_desk(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&to);   /* bug: lock-order(from, to) */
    while (pthread_mutex_trylock(&from) != 0) /* bug: lock-order(from, to) */
        sched_yield();
    to_balance -= 50;
    from_balance += 50;
    pthread_mutex_unlock(&from);
    pthread_mutex_unlock(&to);
    return NULL;
}

int main(void)
{
    pthread_t desk;

    /* The test day: one desk closes before the other opens. Nothing in the desks asks for it. */
    pthread_create(&desk, NULL, payment_desk, NULL);
    pthread_join(desk, NULL);
    pthread_create(&desk, NULL, refund_desk, NULL);
    pthread_join(desk, NULL);

    assert(from_balance == 350 && to_balance == 150);
    return 0;
}
