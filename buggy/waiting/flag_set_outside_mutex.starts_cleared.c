/*
 * flag_set_outside_mutex.starts_cleared: the ferry starts when it is cleared
 *
 * Patch: serial
 * Why: clearance is set before the ferry's thread is made, which then never waits: harbour and
 * ferry work on clearance one after the other.
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
        pthread_cond_wait(&cleared, &quay);
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
    atomic_store(&clearance, true);
    pthread_cond_signal(&cleared);

    pthread_create(&thread, NULL, ferry, &departed); /* serial: clearance */
    pthread_join(thread, NULL);
    assert(departed);
    return 0;
}
