/*
 * thread_exits_holding_lock: a helper ends its thread, which holds a read lock
 *
 * Story: an audit adds up a price list under a read lock, so that no price changes meanwhile. A
 * price that makes no sense ends the audit; an editor corrects it, and the audit is done again.
 * Wrong: the editor never gets to the price that the audit complained of.
 * Why: pthread_exit() in add_price() leaves the functions above it as well, and with them the
 * unlock in audit(). Only the stack goes with a thread; what it had locked stays locked. Readers
 * still get in, which hides for long that no writer ever will.
 * Fix: the helper reports the error and leaves the end to its caller, who knows what is locked.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-667 Improper Locking; CWE-705 Incorrect Control Flow Scoping
 * CERT: ERR05-C
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { ARTICLES = 4 };

static pthread_rwlock_t prices;
static int price[ARTICLES] = {20, 35, -5, 10}; /* guarded by prices */

static int *add_price(int *sum, int article)
{
    if (price[article] < 0)
        return &price[article];
    *sum += price[article];
    return NULL;
}

static void *audit(void *sum)
{
    int *faulty = NULL;

    pthread_rwlock_rdlock(&prices);
    for (int i = 0; i < ARTICLES && !faulty; i++)
        faulty = add_price(sum, i);
    pthread_rwlock_unlock(&prices);
    return faulty;
}

static void *adjust(void *faulty)
{
    pthread_rwlock_wrlock(&prices); /* bug: hang(prices) */
    *(int *)faulty = 5;
    pthread_rwlock_unlock(&prices);
    return NULL;
}

static void *run(const char *name, void *(*work)(void *), void *arg)
{
    pthread_t thread;
    void *result;

    pthread_create(&thread, NULL, work, arg); /* bug: misuse(prices) */
    pthread_setname_np(thread, name);
    pthread_join(thread, &result); /* bug: hang(prices) */ /* bug: misuse(prices)
        ; tsan, tsan-gcc blind: they do not look at the locks of a thread that ends */
    return result;
}

int main(void)
{
    int first = 0;
    int second = 0;

    pthread_rwlock_init(&prices, NULL);
    int *faulty = run("audit", audit, &first);
    assert(faulty == &price[2] && first == 55);
    run("editor", adjust, faulty);
    faulty = run("second audit", audit, &second);
    assert(!faulty && second == 70);
    pthread_rwlock_destroy(&prices);
    return 0;
}
