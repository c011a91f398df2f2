/*
 * signal_after_unlock: a commit announced after the lock is released, or without taking the lock
 *
 * Story: a database session hands its transaction to the log writer and waits until it is durable.
 *        The writer releases the lock before it wakes the session, so that the session does not
 *        wake up only to wait for the lock.
 * Wrong: once in a long while a session sleeps on, although its transaction is on disk.
 * Why: the signal needs no lock, but `durable` does. A session that wakes up spuriously looks at it
 *      again; when the store and the signal fall between that look and the session's next sleep,
 *      the signal is lost. The store and the look are a data race as well.
 * Fix: the writer stores `durable` with the lock held. The signal stays where it was.
 * Roadmap: threads, Condition, Lock, Semaphore, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-667 Improper Locking
 * CERT: CON43-C; POS49-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

#define TRANSACTIONS 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t written = PTHREAD_COND_INITIALIZER;
static long queued;                         /* guarded by lock, as durable is */
static long durable;
static sem_t work;

static void *write_log(void *arg)
{
    long *on_disk = arg;

    while (*on_disk < TRANSACTIONS) {
        sem_wait(&work);
        pthread_mutex_lock(&lock);
        long last = queued;
        pthread_mutex_unlock(&lock);

        *on_disk = last;                    /* the slow part, with no lock held */

        pthread_mutex_lock(&lock);
        durable = last;                     /* bug: race(durable); helgrind blind: it takes a signal
                for an order from the signaller to the thread that it wakes */
        pthread_mutex_unlock(&lock);
        pthread_cond_signal(&written);      /* alarm: misuse(written) by helgrind, drd: they ask for
                the lock at each signal, which POSIX does not */
    }
    return NULL;
}

static void *session(void *arg)
{
    long *committed = arg;

    for (int t = 0; t < TRANSACTIONS; t++) {
        pthread_mutex_lock(&lock);
        long own = ++queued;
        sem_post(&work);
        while (durable < own)               /* bug: race(durable) */
            pthread_cond_wait(&written, &lock);
        pthread_mutex_unlock(&lock);
        ++*committed;
    }
    return NULL;
}

int main(void)
{
    pthread_t writer, client;
    long on_disk = 0, committed = 0;

    sem_init(&work, 0, 0);
    pthread_create(&writer, NULL, write_log, &on_disk);
    pthread_create(&client, NULL, session, &committed);
    pthread_join(client, NULL);
    pthread_join(writer, NULL);
    sem_destroy(&work);
    assert(on_disk == TRANSACTIONS && committed == TRANSACTIONS);
    return 0;
}
