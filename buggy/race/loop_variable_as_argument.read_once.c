/*
 * loop_variable_as_argument.read_once: each thread reads its port once, when it starts
 *
 * Patch: moves
 * Why: The log gets the port that the thread read when it started, and most runs look right. But
 *   main may have counted port on by then: nothing orders port++ after the read, they race, and
 *   two threads can find the same number.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define FIRST_PORT 8000
#define PORTS 3

static pthread_barrier_t all_there;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int probed[PORTS], probe_count;          /* guarded by log_lock */

static void *probe(void *arg)
{
    const int *port = arg;
    char name[16];
    int number = *port;                         /* bug: race(port); drd blind:
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
        pthread_create(&prober[port - FIRST_PORT], NULL, probe, &port);
    pthread_barrier_wait(&all_there);
    for (int i = 0; i < PORTS; i++)
        pthread_join(prober[i], NULL);

    for (int i = 0; i < PORTS; i++) {
        printf("probed port %d\n", probed[i]);
        if (probed[i] >= FIRST_PORT && probed[i] < FIRST_PORT + PORTS)
            times[probed[i] - FIRST_PORT]++;
    }
    for (int i = 0; i < PORTS; i++)
        assert(times[i] == 1);                  /* bug: wrong-result(port); watchdog
            rate: main must have counted on before a thread reads its port */
    pthread_barrier_destroy(&all_there);
    return 0;
}
