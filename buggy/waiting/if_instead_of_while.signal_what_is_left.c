/*
 * if_instead_of_while.signal_what_is_left: a signal only when something is left
 *
 * Patch: moves
 * Why: the first delivery goes to the back orders, so that the packer gets no signal and sleeps
 * on without a new post of asked, for which the clerk waits before the second delivery.
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
        pthread_cond_wait(&delivered, &book); /* bug: hang(delivered) */
    }
    int left = --stock;
    pthread_mutex_unlock(&book);
    assert(left >= 0);
    return NULL;
}

static void book_in(int pieces)
{
    sem_wait(&asked); /* bug: hang(delivered) */
    pthread_mutex_lock(&book);
    stock += pieces;
    while (back_orders > 0 && stock > 0) {
        back_orders--;
        stock--;
    }
    if (stock > 0)
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
