/*
 * fork_while_locked: fork() copies a lock, but not the thread that holds it
 *
 * Story: a bank keeps a table of exchange rates. A thread updates it with the rates main gives it;
 *        a child process prints the rates for the branch office.
 * Wrong: every few days the print-out never comes. In the parent all is well: the update is made,
 *        the table is unlocked, and its thread has ended.
 * Why: the child is forked in the middle of an update. Its copy of the table is locked by a thread
 *      that fork() did not copy, so nobody in the child can unlock it; and what the parent's thread
 *      unlocks later is the parent's copy.
 * Fix: fork before the thread is started, while nobody can hold the lock.
 * Roadmap: processes, threads, Lock, deadlocks
 * CWE: CWE-667 Improper Locking
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    pthread_mutex_t lock;
    int euro, yen;                          /* guarded by lock */
} table = {.lock = PTHREAD_MUTEX_INITIALIZER, .euro = 108, .yen = 67};

static struct {
    sem_t wanted, given;
    int euro, yen;                          /* published by given */
} news;

static void *update(void *arg)
{
    pthread_mutex_lock(&table.lock);
    sem_post(&news.wanted);
    sem_wait(&news.given);
    table.euro = news.euro;
    table.yen = news.yen;
    pthread_mutex_unlock(&table.lock);
    return arg;
}

/* Prints to an exit status: the sum of the rates. */
static pid_t fork_printer(void)
{
    pid_t printer = fork();

    if (printer == 0) {
        pthread_mutex_lock(&table.lock);    /* bug: hang(table);
            explore blind: a forked child runs freely */
        int sum = table.euro + table.yen;
        pthread_mutex_unlock(&table.lock);
        _exit(sum);
    }
    return printer;
}

int main(void)
{
    pthread_t updater;
    pid_t printer;
    int status = -1;

    sem_init(&news.wanted, 0, 0);
    sem_init(&news.given, 0, 0);
    pthread_create(&updater, NULL, update, NULL);
    sem_wait(&news.wanted);
    printer = fork_printer();
    news.euro = 109;
    news.yen = 66;
    sem_post(&news.given);
    pthread_join(updater, NULL);

    waitpid(printer, &status, 0);           /* bug: hang(table) */
    assert(WIFEXITED(status) && WEXITSTATUS(status) == 108 + 67);
    assert(table.euro == 109 && table.yen == 66);
    return 0;
}
