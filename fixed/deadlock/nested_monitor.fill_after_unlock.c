/*
 * nested_monitor.fill_after_unlock: the clerk fills the tray after closing the ledger
 *
 * Why: The tray has its own lock, and the ledger's counts are complete before it is closed. Nobody
 * holds both locks now; the printer asks the tray and not the ledger whether there is paper.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum { REAM = 500, PAGES = 8 };

static struct {
    pthread_mutex_t lock;
    int bought, printed; /* guarded by lock */
} ledger = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t refilled;
    int sheets; /* guarded by lock */
} tray = {.lock = PTHREAD_MUTEX_INITIALIZER, .refilled = PTHREAD_COND_INITIALIZER};

static sem_t lamp;

static void tray_take(int sheets)
{
    pthread_mutex_lock(&tray.lock);
    while (tray.sheets < sheets) {
        sem_post(&lamp);
        pthread_cond_wait(&tray.refilled, &tray.lock); /* bug: hang(ledger, refilled) */
    }
    tray.sheets -= sheets;
    pthread_mutex_unlock(&tray.lock);
}

static void tray_fill(int sheets)
{
    pthread_mutex_lock(&tray.lock);
    tray.sheets += sheets;
    pthread_cond_signal(&tray.refilled);
    pthread_mutex_unlock(&tray.lock);
}

static void *printer(void *arg)
{
    (void)arg;
    tray_take(PAGES);
    pthread_mutex_lock(&ledger.lock);
    ledger.printed += PAGES;
    pthread_mutex_unlock(&ledger.lock);
    return NULL;
}

static void *clerk(void *arg)
{
    (void)arg;
    sem_wait(&lamp);
    pthread_mutex_lock(&ledger.lock); /* bug: hang(ledger, refilled) */
    ledger.bought += REAM;
    pthread_mutex_unlock(&ledger.lock);
    tray_fill(REAM);
    return NULL;
}

int main(void)
{
    static void *(*const staff[])(void *) = {printer, clerk};
    pthread_t thread[2];

    sem_init(&lamp, 0, 0);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, staff[i], NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL); /* bug: hang(ledger, refilled) */

    assert(ledger.printed == PAGES && ledger.bought == REAM);
    assert(tray.sheets == REAM - PAGES);
    return 0;
}
