/*
 * flag_set_outside_mutex.own_mutex: the harbour locks a mutex of its own
 *
 * Patch: moves
 * Why: the harbour sets clearance under permits, but the ferry looks and falls asleep under
 * quay: flag and signal still fit in between, and the signal finds nobody asleep.
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
static pthread_mutex_t permits = PTHREAD_MUTEX_INITIALIZER;
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
    pthread_mutex_lock(&permits);
    atomic_store(&clearance, true);
    pthread_cond_signal(&cleared);
    pthread_mutex_unlock(&permits);

    pthread_join(thread, NULL); /* bug: hang(clearance) */
    assert(departed);
    return 0;
}
