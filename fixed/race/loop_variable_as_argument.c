/*
 * loop_variable_as_argument: each thread gets the address of the loop's variable
 *
 * Story: A port scanner starts a thread for each port. The threads name themselves after their
 *   ports, and probe when all of them are there, so that the scan is a short one.
 * Wrong: One port, which nobody asked for, is probed three times, and the three others never.
 * Why: All threads point to one variable, which the loop goes on to count up while they read it.
 *   pthread_create copies the pointer, not the number.
 * Fix: Each thread gets the address of a number of its own.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread
 * CERT: CON34-C; POS50-C
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
    probed[probe_count++] = *port;
    pthread_mutex_unlock(&log_lock);
    return NULL;
}

int main(void)
{
    pthread_t prober[PORTS];
    int times[PORTS] = { 0 };
    int number[PORTS];
    int port;

    pthread_barrier_init(&all_there, NULL, PORTS + 1);
    for (port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {    /* bug: race(port) */
        number[port - FIRST_PORT] = port;
        pthread_create(&prober[port - FIRST_PORT], NULL, probe, &number[port - FIRST_PORT]);
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
