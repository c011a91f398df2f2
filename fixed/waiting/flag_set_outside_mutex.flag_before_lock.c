/*
 * flag_set_outside_mutex.flag_before_lock: the flag is set before the lock is taken
 *
 * Why: the ferry holds quay from its look until it is asleep. The harbour locks quay between
 * flag and signal, so that either the ferry is asleep by then and gets the signal, or its look
 * comes later and sees the flag.
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
    pthread_mutex_lock(&quay);
    pthread_cond_signal(&cleared);
    pthread_mutex_unlock(&quay);

    pthread_join(thread, NULL); /* bug: hang(clearance) */
    assert(departed);
    return 0;
}
