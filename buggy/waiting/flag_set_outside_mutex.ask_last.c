/*
 * flag_set_outside_mutex.ask_last: the ferry asks right before it waits
 *
 * Patch: hides
 * Why: the request is posted right before pthread_cond_wait, which the harbour seldom outruns.
 * It still takes no quay: when its flag and signal come between the post and the wait, the
 * signal is gone.
 * Rate: The ferry mostly sleeps before the harbour has woken up. It hangs where the signal comes
 * first.
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
        /* Awake since the request, the harbour sleeps next when it is done, or at the mutex. */
        while (!harbour_sleeps())
            sched_yield();
        sem_post(&request);
        pthread_cond_wait(&cleared, &quay); /* bug: hang(clearance); watchdog rate: the signal
            must come between the post and the wait */
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
    pthread_cond_signal(&cleared); /* bug: misuse(cleared); tsan, tsan-gcc blind: they keep no mutex
        of a condition variable; helgrind, drd rate: they know the mutex once the ferry waits */

    pthread_join(thread, NULL); /* bug: hang(clearance) */
    assert(departed);
    return 0;
}
