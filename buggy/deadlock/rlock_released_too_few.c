/*
 * rlock_released_too_few: a recursive lock taken twice and given back once
 *
 * Story: a web shop sells from its stock. The sale and the stock-taking inside it both lock the
 * stock, which is why the lock is recursive. When an article is sold out, a supplier thread
 * restocks it.
 * Wrong: the first customer who is turned away is the last one: the supplier never gets in.
 * Why: stock_take returns early without its unlock. The caller's unlock only lowers the recursion
 * count from two to one, so the thread that has left both functions still owns the lock. It never
 * notices, because it alone can always lock it again.
 * Fix: as many unlocks as locks on every path: the early return unlocks, too.
 * Roadmap: RLock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: MEM12-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_mutex_t lock; /* recursive, guards what follows */
static int stock = 5;
static int turned_away;

static bool stock_take(int pieces)
{
    pthread_mutex_lock(&lock);
    if (stock < pieces) {
        return false;
    }
    stock -= pieces;
    pthread_mutex_unlock(&lock);
    return true;
}

static bool sell(int pieces)
{
    pthread_mutex_lock(&lock);
    bool sold = stock_take(pieces);
    if (!sold)
        turned_away++;
    pthread_mutex_unlock(&lock);
    return sold;
}

static void *supplier(void *pieces)
{
    pthread_mutex_lock(&lock); /* bug: hang(lock) */
    stock += *(int *)pieces;
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    static const int orders[] = {3, 4, 1};
    int delivery = 10;
    pthread_mutexattr_t recursive;
    pthread_t thread;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &recursive);
    pthread_mutexattr_destroy(&recursive);

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (!sell(orders[i])) {
            pthread_create(&thread, NULL, supplier, &delivery);
            pthread_join(thread, NULL); /* bug: hang(lock) */
        }
    }

    assert(stock == 11 && turned_away == 1);
    return 0;
}
