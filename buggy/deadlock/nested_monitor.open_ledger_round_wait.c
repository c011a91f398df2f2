/*
 * nested_monitor.open_ledger_round_wait: the ledger is given back for the time of the wait
 *
 * Patch: moves
 * Why: The printer holds no ledger while it waits, but after the wait it takes `ledger.lock` with
 * `tray.lock` in hand, and the clerk takes them the other way round. A printer that wakes up while
 * a clerk is on the way to the tray closes the circle.
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
    pthread_mutex_lock(&tray.lock); /* bug: lock-order(ledger, tray) */
    while (tray.sheets < sheets) {
        sem_post(&lamp);
        pthread_mutex_unlock(&ledger.lock);
        pthread_cond_wait(&tray.refilled, &tray.lock); /* bug: lock-order(ledger, tray) */
        pthread_mutex_lock(&ledger.lock); /* bug: lock-order(ledger, tray)
                                             ; drd blind: it keeps no lock order */
    }
    tray.sheets -= sheets;
    pthread_mutex_unlock(&tray.lock);
}

static void tray_fill(int sheets)
{
    pthread_mutex_lock(&tray.lock); /* bug: lock-order(ledger, tray) */
    tray.sheets += sheets;
    pthread_cond_signal(&tray.refilled);
    pthread_mutex_unlock(&tray.lock);
}

static void *printer(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&ledger.lock); /* bug: lock-order(ledger, tray) */
    tray_take(PAGES);
    ledger.printed += PAGES;
    pthread_mutex_unlock(&ledger.lock);
    return NULL;
}

static void *clerk(void *arg)
{
    (void)arg;
    sem_wait(&lamp);
    pthread_mutex_lock(&ledger.lock); /* bug: lock-order(ledger, tray) */
    ledger.bought += REAM;
    tray_fill(REAM);
    pthread_mutex_unlock(&ledger.lock);
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
        pthread_join(thread[i], NULL);

    assert(ledger.printed == PAGES && ledger.bought == REAM);
    assert(tray.sheets == REAM - PAGES);
    return 0;
}
