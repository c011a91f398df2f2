/*
 * flag_set_outside_mutex: a flag set and signalled without the mutex of those who wait for it
 *
 * Story: a ferry asks the harbour for clearance and waits on a condition until it has it. The
 * harbour sets a flag and signals. The flag is atomic, so it takes no lock for that.
 * Wrong: once in a long while a ferry does not leave, although it is cleared.
 * Why: the ferry looks at the flag and then falls asleep. pthread_cond_wait makes one step of
 * unlocking and falling asleep, and the mutex, held since the look, makes the look part of that
 * step, but only for those who take it. The harbour's flag and signal fall in between, and a
 * signal that finds nobody asleep is gone. The atomic flag cures the data race and nothing else.
 * Fix: the harbour sets the flag with the mutex locked: before the look or after the falling
 * asleep.
 * Roadmap: Condition, Lock
 * CWE: CWE-667 Improper Locking; CWE-821 Incorrect Synchronization
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

static pthread_mutex_t quay = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cleared = PTHREAD_COND_INITIALIZER;
static atomic_bool clearance;
static sem_t request;

/* The state that the kernel gives in /proc/self/stat is that of the first thread. */
static bool harbour_sleeps(void)
{
    char state = '?';
    FILE *stat = fopen("/proc/self/stat", "r");

    if (stat != NULL) {
        if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
            state = '?';
        fclose(stat);
    }
    return state == 'S';
}

static void *ferry(void *arg)
{
    bool *departed = arg;

    pthread_mutex_lock(&quay);
    while (!atomic_load(&clearance)) {
        sem_post(&request);
        /* Awake since the request, the harbour sleeps next when it is done, or at the mutex. */
        while (!harbour_sleeps())
            sched_yield();
        pthread_cond_wait(&cleared, &quay); /* bug: hang(clearance) */
    }
    *departed = true;
    pthread_mutex_unlock(&quay);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    bool departed = false;

    sem_init(&request, 0, 0);
    pthread_create(&thread, NULL, ferry, &departed);

    sem_wait(&request);
    atomic_store(&clearance, true);
    pthread_cond_signal(&cleared);

    pthread_join(thread, NULL); /* bug: hang(clearance) */
    assert(departed);
    return 0;
}
