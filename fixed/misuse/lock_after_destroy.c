/*
 * lock_after_destroy: a logger closed before its last writer
 *
 * Story: a weather station's sensor thread keeps its readings to itself and writes them into the
 * journal when it is told to stop. main shuts the station down.
 * Wrong: the journal lacks the last readings, and nothing says so.
 * Why: main closes the journal, which destroys its lock, and tells the sensor to stop only then. To
 * lock a destroyed mutex is undefined; glibc answers EINVAL, which the sensor takes for a journal
 * that is full.
 * Fix: the journal is closed when the sensor has been joined.
 * Roadmap: daemon, Lock, Semaphore
 * CWE: CWE-672 Operation on a Resource after Expiration or Release
 * CERT: POS48-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { READINGS = 3, LINES = 8 };

static struct {
    pthread_mutex_t lock; /* guards what follows */
    int line[LINES];
    int lines;
} journal;

static sem_t stop;

static void journal_open(void)
{
    pthread_mutex_init(&journal.lock, NULL);
}

static void journal_close(void)
{
    pthread_mutex_destroy(&journal.lock);
}

static bool journal_add(int line)
{
    if (pthread_mutex_lock(&journal.lock) != 0) /* bug: misuse(lock)
            ; drd blind: it takes the lock for a new one, and sees no result of the calls */
        return false;
    bool room = journal.lines < LINES;
    if (room)
        journal.line[journal.lines++] = line;
    pthread_mutex_unlock(&journal.lock);
    return room;
}

static void *sense(void *arg)
{
    static const int readings[READINGS] = {18, 19, 17};

    (void)arg;
    sem_wait(&stop);
    for (int i = 0; i < READINGS; i++)
        journal_add(readings[i]);
    return NULL;
}

int main(void)
{
    pthread_t sensor;

    journal_open();
    sem_init(&stop, 0, 0);
    pthread_create(&sensor, NULL, sense, NULL);
    journal_add(20);

    sem_post(&stop);
    pthread_join(sensor, NULL);
    journal_close();
    sem_destroy(&stop);

    assert(journal.lines == 1 + READINGS); /* bug: wrong-result(lines);
        explore blind: it ends where the mutex is locked after it was destroyed */
    return 0;
}
