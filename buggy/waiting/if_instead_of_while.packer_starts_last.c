/*
 * if_instead_of_while.packer_starts_last: the packer starts when all deliveries are booked in
 *
 * Patch: serial
 * Why: the packer is made after the last book_in and finds his piece at once: he and the clerk
 * never work on stock side by side.
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
    assert(left >= 0);
    return NULL;
}

static void book_in(int pieces)
{
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
    book_in(3);
    book_in(1);
    pthread_create(&thread, NULL, packer, NULL); /* serial: stock */
    pthread_join(thread, NULL);

    assert(stock == 0 && back_orders == 0);
    return 0;
}
