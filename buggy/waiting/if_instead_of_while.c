/*
 * if_instead_of_while: a predicate checked once, before the wait only
 *
 * Story: a packer waits for stock. The clerk books in a delivery, signals, and hands it out to the
 * back orders before he leaves the stock book; a second delivery is for the packer.
 * Wrong: the packer takes a piece that is not there: the stock falls to minus one.
 * Why: a signal says that something changed, not that the predicate holds when the waiter runs
 * again. Between the signal and the return of pthread_cond_wait, which must first get the mutex
 * back, the stock was emptied. An `if` does not look again.
 * Fix: `while`, which looks again after each wake-up and so withstands spurious ones, too.
 * Roadmap: Condition
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: CON36-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

static pthread_mutex_t book = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t delivered = PTHREAD_COND_INITIALIZER;
static int stock;       /* guarded by book */
static int back_orders; /* guarded by book */
static sem_t asked;     /* posted each time the packer begins to wait */

static void *packer(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&book);
    if (stock == 0) {
        sem_post(&asked);
        pthread_cond_wait(&delivered, &book);
    }
    int left = --stock;
    pthread_mutex_unlock(&book);
    assert(left >= 0); /* bug: wrong-result(stock) */
    return NULL;
}

static void book_in(int pieces)
{
    sem_wait(&asked);
    pthread_mutex_lock(&book);
    stock += pieces;
    pthread_cond_signal(&delivered);
    while (back_orders > 0 && stock > 0) {
        back_orders--;
        stock--;
    }
    pthread_mutex_unlock(&book);
}

int main(void)
{
    pthread_t thread;

    sem_init(&asked, 0, 0);
    back_orders = 3;
    pthread_create(&thread, NULL, packer, NULL);
    book_in(3);
    book_in(1);
    pthread_join(thread, NULL);

    assert(stock == 0 && back_orders == 0);
    return 0;
}
