/*
 * lock_order_inversion.to_first: both desks lock `to` before `from`
 *
 * Why: Which of the two orders is taken does not matter as long as both desks take the same one:
 * now `to` comes before `from` in the payment and in the refund. The order of the unlocks matters
 * to nobody.
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t from = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t to = PTHREAD_MUTEX_INITIALIZER;
static long from_balance = 500; /* guarded by from */
static long to_balance = 0;     /* guarded by to */

static void *payment_desk(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&to);   /* bug: lock-order(from, to); drd blind: it keeps no lock order */
    pthread_mutex_lock(&from); /* bug: lock-order(from, to) */
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
    pthread_mutex_lock(&from); /* bug: lock-order(from, to) */
    to_balance -= 50;
    from_balance += 50;
    pthread_mutex_unlock(&to);
    pthread_mutex_unlock(&from);
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
