/*
 * nested_monitor: waiting for a condition while an outer lock is held
 *
 * Story: a copy shop keeps a ledger of sheets bought and sheets printed. The printer, out of paper,
 * lights a lamp and waits for the tray to be refilled; the clerk books the paper and refills it.
 * Wrong: the first time the paper runs out, printer and clerk both stop for ever.
 * Why: pthread_cond_wait gives back the tray's lock, the one it was told of, and no other. The
 * printer waits in the tray with the ledger still locked, and the way to the refill leads through
 * the ledger. Each of the two monitors is correct by itself.
 * Fix: the printer takes its paper before it opens the ledger, so that it holds nothing while it
 * waits.
 * Roadmap: Condition, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON05-C; POS52-C
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
        pthread_join(thread[i], NULL); /* bug: hang(ledger, refilled) */

    assert(ledger.printed == PAGES && ledger.bought == REAM);
    assert(tray.sheets == REAM - PAGES);
    return 0;
}
