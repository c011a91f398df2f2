/*
 * double_join: closing joins a thread that has been joined before
 *
 * Story: a library loads its catalogue in a thread. It may be closed while that still runs, so that
 *   closing waits for the loader. When the catalogue is there, a clerk starts to lend books.
 * Wrong: on a day when the catalogue was loaded, the library never closes.
 * Why: a join ends the life of a thread's handle, and nobody took note of it. glibc gives the next
 *   thread, the clerk, the loader's stack and the same handle with it, so that the second join
 *   waits for the clerk, who has not been told to stop.
 * Fix: who joins the loader notes that there is none any more.
 * Roadmap: threads, daemon, deadlocks
 * CWE: CWE-672 Operation on a Resource after Expiration or Release; CWE-675 Multiple Operations on
 *   Resource in Single-Operation Context
 * CERT: CON39-C
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

#define TITLES 3

static pthread_t loader, clerk;
static bool loading, lending;               /* main's own, as the handles are */
static const char *catalogue[TITLES];
static size_t titles;
static sem_t readers;                       /* one for each reader at the desk, one to close it */
static size_t lent;

static void *load(void *arg)
{
    static const char *const stock[TITLES] = { "Emma", "Ulysses", "Dracula" };

    (void)arg;
    pthread_setname_np(pthread_self(), "loader");
    while (titles < TITLES) {
        catalogue[titles] = stock[titles];
        titles++;
    }
    return NULL;
}

static void *lend(void *arg)
{
    (void)arg;
    pthread_setname_np(pthread_self(), "clerk");
    for (;;) {
        sem_wait(&readers);                 /* bug: hang(loader, clerk) */
        if (lent == titles)
            return NULL;
        catalogue[lent++] = NULL;
    }
}

static void start_lending(void)
{
    pthread_join(loader, NULL);
    loading = false;
    pthread_create(&clerk, NULL, lend, NULL);
    lending = true;
    for (size_t reader = 0; reader < titles; reader++)
        sem_post(&readers);
}

static void close_library(void)
{
    if (loading)
        pthread_join(loader, NULL);         /* bug: hang(loader, clerk) */ /* bug: misuse(loader);
            tsan, tsan-gcc, helgrind blind: they know a thread by its handle, which is now the
            clerk's; drd blind: it does not check what a join is called with */
    if (lending) {
        sem_post(&readers);
        pthread_join(clerk, NULL);
    }
}

int main(void)
{
    sem_init(&readers, 0, 0);
    pthread_create(&loader, NULL, load, NULL);
    loading = true;
    start_lending();
    close_library();
    assert(lent == TITLES);
    return 0;
}
