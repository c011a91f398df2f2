/*
 * semaphore_destroyed_while_waiting: a semaphore destroyed under the thread that waits on it
 *
 * Story: two cleaners take bottles from a belt, counted by a semaphore. The last thing on the belt
 * is a bell, and whoever takes it closes the belt for both.
 * Wrong: one cleaner goes home, the other waits at the empty belt for ever.
 * Why: to destroy a semaphore wakes nobody, and is undefined while a thread is blocked on it. In
 * glibc the call does nothing at all: the other cleaner goes on waiting for a post that nobody owes
 * him.
 * Fix: whoever takes the bell puts it back for the next; main destroys the semaphore when both have
 * gone.
 * Roadmap: Semaphore, Queue
 * CWE: CWE-826 Premature Release of Resource During Expected Lifetime
 * CERT: none
 * Rate: DRD reports the bug where the cleaner without the bell has come to sem_wait. He has only to
 * finish his bottle, while the other takes the bell and looks for a bottle first.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { CLEANERS = 2, BOTTLES = 4 };

struct cleaner {
    pthread_t thread;
    int cleaned;
};

static sem_t things; /* on the belt, the bell among them */
static pthread_mutex_t belt = PTHREAD_MUTEX_INITIALIZER;
static int bottles = BOTTLES; /* guarded by belt */

static bool take_bottle(void)
{
    pthread_mutex_lock(&belt);
    bool taken = bottles > 0;
    if (taken)
        bottles--;
    pthread_mutex_unlock(&belt);
    return taken;
}

static void close_belt(void)
{
    sem_post(&things); /* bug: misuse(things)
        ; tsan, tsan-gcc blind: they keep no list of who waits on a semaphore
        ; helgrind blind: it forgets the posts of a destroyed semaphore and looks at no waiters
        ; drd rate: it counts a waiter from the call of sem_wait on, and the other cleaner may
        still be on his way there */
}

static void *clean(void *arg)
{
    struct cleaner *cleaner = arg;

    for (;;) {
        sem_wait(&things); /* bug: misuse(things) */ /* bug: hang(things);
            explore blind: it ends where the object is destroyed */
        if (!take_bottle())
            break;
        cleaner->cleaned++;
    }
    close_belt();
    return NULL;
}

int main(void)
{
    struct cleaner cleaners[CLEANERS] = {0};

    sem_init(&things, 0, 0);
    for (int i = 0; i < CLEANERS; i++) {
        pthread_create(&cleaners[i].thread, NULL, clean, &cleaners[i]);
        pthread_setname_np(cleaners[i].thread, "cleaner");
    }
    for (int i = 0; i < BOTTLES + 1; i++) /* the last one for the bell */
        sem_post(&things);
    for (int i = 0; i < CLEANERS; i++)
        pthread_join(cleaners[i].thread, NULL); /* bug: hang(things) */
    sem_destroy(&things);

    assert(cleaners[0].cleaned + cleaners[1].cleaned == BOTTLES);
    return 0;
}
