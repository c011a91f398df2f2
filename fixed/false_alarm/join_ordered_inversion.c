/*
 * join_ordered_inversion: a stocktaking that locks one way, and sales that lock the other way
 *
 * Story: a shop takes stock in the morning: a thread compares the shelf with the books, pass after
 *        pass, until both agree. Then the till opens, and each sale goes into the books first.
 * Wrong: on a day on which the first pass finds a difference, stocktaking and till stop each other.
 *        In this run the first pass agrees, and all is well.
 * Why: the stocktaking locks shelf before books, a sale books before shelf. The till opens when the
 *      first pass is over, and whether a second one follows is for the data to say.
 * Fix: the stocktaking is joined before the till opens. The two orders remain, but there is never a
 *      second thread to close the cycle with.
 * Roadmap: threads, is_alive, Lock, Semaphore, deadlocks
 * CWE: CWE-833 Deadlock
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_mutex_t shelf = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;
static int on_shelf = 20;                   /* guarded by shelf */
static int in_books = 20;                   /* guarded by books */
static sem_t compared;                      /* one post for each pass over the shelf */

static void *take_stock(void *arg)
{
    bool agree;

    (void)arg;
    do {
        pthread_mutex_lock(&shelf); /* bug: lock-order(shelf, books) */ /* alarm:
            lock-order(shelf, books) by tsan, tsan-gcc, helgrind: an edge of the lock order has no
            time, and a join between two edges does not part them */
        int found = on_shelf;
        pthread_mutex_lock(&books); /* alarm: lock-order(shelf, books) */ /* bug:
            lock-order(shelf, books); drd blind: it keeps no lock order */
        agree = found == in_books;
        in_books = found;
        pthread_mutex_unlock(&books);
        pthread_mutex_unlock(&shelf);
        sem_post(&compared);
    } while (!agree);
    return NULL;
}

static void *sell(void *arg)
{
    const int *pieces = arg;

    pthread_mutex_lock(&books);     /* bug: lock-order(shelf, books) */ /* alarm:
            lock-order(shelf, books) */
    in_books -= *pieces;
    pthread_mutex_lock(&shelf);     /* bug: lock-order(shelf, books) */ /* alarm:
            lock-order(shelf, books) */
    on_shelf -= *pieces;
    pthread_mutex_unlock(&shelf);
    pthread_mutex_unlock(&books);
    return NULL;
}

int main(void)
{
    pthread_t stocktaking, till;
    int pieces = 3;

    sem_init(&compared, 0, 0);
    pthread_create(&stocktaking, NULL, take_stock, NULL);
    sem_wait(&compared);
    pthread_join(stocktaking, NULL);
    pthread_create(&till, NULL, sell, &pieces);
    pthread_join(till, NULL);
    sem_destroy(&compared);
    assert(on_shelf == 17 && in_books == 17);
    return 0;
}
