/*
 * cancel_while_holding_lock: a thread is cancelled between lock and unlock
 *
 * Story: a print service waits for the first of two printers to report that it is ready, and keeps
 * the spool locked meanwhile, so that no job starts without a printer. Both are switched off, and
 * the user clicks Cancel.
 * Wrong: the waiting is cancelled as asked for, and then no job is accepted any more.
 * Why: select() is a cancellation point, and a cancelled thread ends there: the unlock further down
 * is never reached. A mutex does not go back by itself when its owner ends.
 * Fix: the unlock is a cleanup handler, which runs when the thread is cancelled and, by
 * pthread_cleanup_pop(1), when it is not.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-667 Improper Locking; CWE-459 Incomplete Cleanup
 * CERT: none
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/select.h>
#include <unistd.h>

enum { PRINTERS = 2, NO_PRINTER = -1 };

static pthread_mutex_t spool = PTHREAD_MUTEX_INITIALIZER;
static int printer = NO_PRINTER; /* guarded by spool, as jobs is */
static int jobs;
static int line[PRINTERS][2]; /* from each printer; never written to, for they are off */

static void unlock(void *lock)
{
    pthread_mutex_unlock(lock);
}

static void *choose_printer(void *arg)
{
    fd_set reports;

    FD_ZERO(&reports);
    for (int i = 0; i < PRINTERS; i++)
        FD_SET(line[i][0], &reports);
    pthread_mutex_lock(&spool);
    pthread_cleanup_push(unlock, &spool);
    if (select(FD_SETSIZE, &reports, NULL, NULL, NULL) > 0)
        printer = FD_ISSET(line[0][0], &reports) ? 0 : 1;
    pthread_cleanup_pop(1);
    return arg;
}

static void *print_job(void *arg)
{
    pthread_mutex_lock(&spool); /* bug: hang(spool) */
    jobs++;
    pthread_mutex_unlock(&spool);
    return arg;
}

int main(void)
{
    pthread_t dialog, user;
    void *end;

    for (int i = 0; i < PRINTERS; i++) {
        int rc = pipe(line[i]);
        assert(rc == 0);
    }
    pthread_create(&dialog, NULL, choose_printer, NULL); /* bug: misuse(spool) */
    pthread_setname_np(dialog, "dialog");
    pthread_cancel(dialog); /* deferred: wherever the dialog is now, it gets as far as select() */
    pthread_join(dialog, &end); /* bug: misuse(spool)
        ; tsan, tsan-gcc blind: they do not look at the locks of a thread that ends */
    assert(end == PTHREAD_CANCELED);

    pthread_create(&user, NULL, print_job, NULL);
    pthread_setname_np(user, "print job");
    pthread_join(user, NULL); /* bug: hang(spool) */
    assert(jobs == 1 && printer == NO_PRINTER);
    return 0;
}
