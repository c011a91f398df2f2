/*
 * loop_variable_as_argument.wait_for_start: main waits for each thread before it counts on
 *
 * Patch: hides
 * Why: The first read of *port is right now: main goes on only after the thread has copied it, and
 *   no access is left unordered. But the thread reads *port a second time, after the barrier, when
 *   the loop has ended: each one logs port 8003.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

#define FIRST_PORT 8000
#define PORTS 3

static pthread_barrier_t all_there;
static sem_t started;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int probed[PORTS], probe_count;          /* guarded by log_lock */

static void *probe(void *arg)
{
    const int *port = arg;
    char name[16];
    int number = *port;
    sem_post(&started);

    snprintf(name, sizeof(name), "probe-%d", number);
    pthread_setname_np(pthread_self(), name);
    pthread_barrier_wait(&all_there);

    pthread_mutex_lock(&log_lock);
    probed[probe_count++] = *port;
    pthread_mutex_unlock(&log_lock);
    return NULL;
}

int main(void)
{
    pthread_t prober[PORTS];
    int times[PORTS] = { 0 };
    int port;

    pthread_barrier_init(&all_there, NULL, PORTS + 1);
    sem_init(&started, 0, 0);
    for (port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
        pthread_create(&prober[port - FIRST_PORT], NULL, probe, &port);
        sem_wait(&started);
    }
    pthread_barrier_wait(&all_there);
    for (int i = 0; i < PORTS; i++)
        pthread_join(prober[i], NULL);

    for (int i = 0; i < PORTS; i++) {
        printf("probed port %d\n", probed[i]);
        if (probed[i] >= FIRST_PORT && probed[i] < FIRST_PORT + PORTS)
            times[probed[i] - FIRST_PORT]++;
    }
    for (int i = 0; i < PORTS; i++)
        assert(times[i] == 1);                  /* bug: wrong-result(port) */
    pthread_barrier_destroy(&all_there);
    return 0;
}
