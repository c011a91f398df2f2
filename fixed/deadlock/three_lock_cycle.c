/*
 * three_lock_cycle: three modules that call each other with their locks held
 *
 * Story: a mail-order house. An order reserves stock, a stock-taking writes off what is missing in
 * the accounts, and a payment in the accounts releases its order for shipping.
 * Wrong: the three jobs run in the night, one after the other. The first night in which all three
 * overlap, the house stands still in the morning.
 * Why: orders locks before stock, stock before accounts, accounts before orders. No two jobs lock
 * the same two in opposite orders, so that a review of any two modules finds nothing: the cycle
 * closes only over three.
 * Fix: the accounts give their lock back before they call the next module. A payment that is booked
 * stands, and nobody needs to see it and its order change in one step.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { PRICE = 20 };

static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER;
static int placed; /* guarded by orders, as shippable is */
static int shippable;

static pthread_mutex_t stock = PTHREAD_MUTEX_INITIALIZER;
static int pieces = 12; /* guarded by stock */

static pthread_mutex_t accounts = PTHREAD_MUTEX_INITIALIZER;
static int balance; /* guarded by accounts */

static void stock_reserve(int count)
{
    pthread_mutex_lock(&stock); /* bug: lock-order(orders, stock, accounts) */
    pieces -= count;
    pthread_mutex_unlock(&stock);
}

static void *check_out(void *arg)
{
    pthread_mutex_lock(&orders); /* bug: lock-order(orders, stock, accounts)
                                    ; drd blind: it keeps no lock order */
    stock_reserve(1);
    placed++;
    pthread_mutex_unlock(&orders);
    return arg;
}

static void accounts_write_off(int amount)
{
    pthread_mutex_lock(&accounts); /* bug: lock-order(orders, stock, accounts) */
    balance -= amount;
    pthread_mutex_unlock(&accounts);
}

static void *take_stock(void *counted)
{
    pthread_mutex_lock(&stock); /* bug: lock-order(orders, stock, accounts) */
    accounts_write_off((pieces - *(int *)counted) * PRICE);
    pieces = *(int *)counted;
    pthread_mutex_unlock(&stock);
    return NULL;
}

static void orders_release(void)
{
    pthread_mutex_lock(&orders); /* bug: lock-order(orders, stock, accounts) */
    shippable++;
    pthread_mutex_unlock(&orders);
}

static void *book_payment(void *arg)
{
    pthread_mutex_lock(&accounts); /* bug: lock-order(orders, stock, accounts) */
    balance += PRICE;
    pthread_mutex_unlock(&accounts);
    orders_release();
    return arg;
}

int main(void)
{
    void *(*const night[])(void *) = {check_out, take_stock, book_payment};
    int counted = 10;

    /* Today each job is done when the next begins. Nothing in the jobs asks for it. */
    for (size_t i = 0; i < sizeof(night) / sizeof(*night); i++) {
        pthread_t job;
        pthread_create(&job, NULL, night[i], &counted);
        pthread_join(job, NULL);
    }
    assert(placed == 1 && shippable == 1 && pieces == 10 && balance == 0);
    return 0;
}
