/*
 * semaphore_inversion: two semaphores used as locks, taken in opposite order
 *
 * Story: an office has one scanner and one printer, each handed out by a semaphore that starts at
 * one. A copy scans, then prints; an incoming fax prints, then scans the signed sheet and sends it
 * back.
 * Wrong: a copy and a fax at the same moment: both devices stand still for ever.
 * Why: each job keeps the device it has while it waits for the other one, in a circle of two. Such
 * a semaphore is a lock without an owner: no detector keeps an order for it, so not even a run
 * that escapes warns of it.
 * Fix: the copy is in memory once it is scanned, so it gives the scanner back before it asks for
 * the printer. Only the fax ever holds two, and one job alone makes no circle.
 * Roadmap: Semaphore, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum { COPY_PAGES = 5, FAX_PAGES = 2 };

static sem_t scanner;
static sem_t printer;
static int scanned; /* guarded by scanner */
static int printed; /* guarded by printer */
static pthread_barrier_t both_at_work;

static void *copy(void *arg)
{
    (void)arg;
    sem_wait(&scanner);
    scanned += COPY_PAGES;
    pthread_barrier_wait(&both_at_work);
    sem_wait(&printer); /* bug: hang(scanner, printer) */
    printed += COPY_PAGES;
    sem_post(&printer);
    sem_post(&scanner);
    return NULL;
}

static void *fax(void *arg)
{
    (void)arg;
    sem_wait(&printer);
    printed += FAX_PAGES;
    pthread_barrier_wait(&both_at_work);
    sem_wait(&scanner); /* bug: hang(scanner, printer) */
    scanned += 1;
    sem_post(&scanner);
    printed += 1; /* the confirmation */
    sem_post(&printer);
    return NULL;
}

int main(void)
{
    pthread_t jobs[2];

    sem_init(&scanner, 0, 1);
    sem_init(&printer, 0, 1);
    pthread_barrier_init(&both_at_work, NULL, 2);
    pthread_create(&jobs[0], NULL, copy, NULL);
    pthread_create(&jobs[1], NULL, fax, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(jobs[i], NULL); /* bug: hang(scanner, printer) */

    assert(scanned == COPY_PAGES + 1);
    assert(printed == COPY_PAGES + FAX_PAGES + 1);
    return 0;
}
