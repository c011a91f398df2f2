#include "cli/load.h"

#include "model/memory.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct load {
    atomic_bool over;
    pthread_t *threads;
    unsigned count;
};

static void *burn(void *argument)
{
    struct load *load = argument;
    while (!atomic_load_explicit(&load->over, memory_order_relaxed))
        ;
    return NULL;
}

struct load *load_start(unsigned count)
{
    struct load *load = xcalloc(1, sizeof(*load));
    load->threads = xcalloc(count, sizeof(*load->threads));
    /* Signals are for the thread that runs the loop. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = 0;
    while (load->count < count && !error) {
        error = pthread_create(&load->threads[load->count], NULL, burn, load);
        load->count += !error;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        load_stop(load);
        errno = error;
        return NULL;
    }
    return load;
}

void load_stop(struct load *load)
{
    if (!load)
        return;
    atomic_store(&load->over, true);
    for (unsigned i = 0; i < load->count; i++)
        pthread_join(load->threads[i], NULL);
    free(load->threads);
    free(load);
}

int load_use_one_processor(void)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
        return -errno;
    size_t first = 0;
    while (first < CPU_SETSIZE && !CPU_ISSET(first, &allowed))
        first++;
    CPU_ZERO(&allowed);
    CPU_SET(first, &allowed);
    return sched_setaffinity(0, sizeof(allowed), &allowed) == 0 ? 0 : -errno;
}
