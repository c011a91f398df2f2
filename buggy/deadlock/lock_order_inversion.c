/*
 * lock_order_inversion: two accounts locked in opposite orders
 *
 * Story: a payment desk moves money from one account to another, a refund desk moves it back. Each
 * holds both locks for the whole move, so that no auditor ever finds the money in neither account.
 * Wrong: every test passes, because the tests run one desk at a time. The first day on which both
 * desks are open at once, the bank stands still.
 * Why: the payment locks `from` and then `to`, the refund `to` and then `from`. As soon as each
 * desk holds its first lock, each waits for the lock that the other holds. The cycle is there in
 * every run; only the deadlock needs the unlucky moment.
 * Fix: one lock order for all: the refund locks `from` before `to`, too.
 * Roadmap: Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
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
    pthread_mutex_lock(&from); /* bug: lock-order(from, to); drd blind: it keeps no lock order */
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
    pthread_mutex_lock(&from); /* bug: lock-order(from, to) */
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
