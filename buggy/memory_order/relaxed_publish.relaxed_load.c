/*
 * relaxed_publish.relaxed_load: a release store, and a relaxed load
 *
 * Patch: moves
 * Why: The release store of `current` orders the fields before it, but only for who reads it
 *   with acquire. The loop's load is relaxed now, and does not synchronise with the store:
 *   `next_hop` is still a data  race.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

struct route {
    int next_hop;
};

static struct route route;
static _Atomic(struct route *) current;

static void *control(void *arg)
{
    (void)arg;
    route.next_hop = 7;                 /* bug: race(route) */ /* alarm: race(route) by helgrind,
        drd: a release store and an acquire load are plain moves in the machine code they see */
    atomic_store_explicit(&current, &route, memory_order_release);  /* alarm: race(current) by
        helgrind, drd: an atomic load or store is a plain move in the machine code they see */
    return NULL;
}

static void *forward(void *arg)
{
    struct route *published;

    for (published = NULL; published == NULL; sched_yield())
        published = atomic_load_explicit(&current, memory_order_relaxed); /* alarm: race(current) */
    *(int *)arg = published->next_hop;  /* bug: race(route) */ /* alarm: race(route) */
    return NULL;
}

int main(void)
{
    pthread_t control_thread, forward_thread;
    int used_hop = 0;

    pthread_create(&control_thread, NULL, control, NULL);
    pthread_create(&forward_thread, NULL, forward, &used_hop);
    pthread_join(control_thread, NULL);
    pthread_join(forward_thread, NULL);
    assert(used_hop == 7);
    return 0;
}
