/*
 * if_instead_of_while.signal_after_back_orders: back orders first, then the signal
 *
 * Why: the signal is still sent with book locked, and the packer, who cannot run before the
 * unlock, looks at stock again in his loop: where in the critical section it is sent makes no
 * difference.
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
    while (stock == 0) {
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
    while (back_orders > 0 && stock > 0) {
        back_orders--;
        stock--;
    }
    pthread_cond_signal(&delivered);
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
