/*
 * loop_variable_as_argument.by_value: the port itself is passed in the argument
 *
 * Why: The port is converted to a pointer and back, so each thread gets the number of its own and
 *   nothing in main's frame is read by another thread. intptr_t holds every int, and port may
 *   change as soon as pthread_create has copied the argument.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#define FIRST_PORT 8000
#define PORTS 3

static pthread_barrier_t all_there;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int probed[PORTS], probe_count;          /* guarded by log_lock */

static void *probe(void *arg)
{
    char name[16];
    int number = (int)(intptr_t)arg;                   /* bug: race(port); drd blind:
        it leaves out variables on a stack, unless told --check-stack-var=yes */

    snprintf(name, sizeof(name), "probe-%d", number);
    pthread_setname_np(pthread_self(), name);
    pthread_barrier_wait(&all_there);

    pthread_mutex_lock(&log_lock);
    probed[probe_count++] = number;
    pthread_mutex_unlock(&log_lock);
    return NULL;
}

int main(void)
{
    pthread_t prober[PORTS];
    int times[PORTS] = { 0 };
    int port;

    pthread_barrier_init(&all_there, NULL, PORTS + 1);
    for (port = FIRST_PORT; port < FIRST_PORT + PORTS; port++)      /* bug: race(port) */
        pthread_create(&prober[port - FIRST_PORT], NULL, probe, (void *)(intptr_t)port);
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
