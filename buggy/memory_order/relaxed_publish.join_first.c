/*
 * relaxed_publish.join_first: the control thread is joined before the forwarding thread is made
 *
 * Patch: serial
 * Why: pthread_join and pthread_create order the route before all that the forwarding thread
 *   does, so that the relaxed store of `current` is enough. Nothing is forwarded while the
 *   control thread runs.
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
    route.next_hop = 7;
    atomic_store_explicit(&current, &route, memory_order_relaxed);
    return NULL;
}

static void *forward(void *arg)
{
    struct route *published;

    for (published = NULL; published == NULL; sched_yield())
        published = atomic_load_explicit(&current, memory_order_acquire);
    *(int *)arg = published->next_hop;
    return NULL;
}

int main(void)
{
    pthread_t control_thread, forward_thread;
    int used_hop = 0;

    pthread_create(&control_thread, NULL, control, NULL);
    pthread_join(control_thread, NULL);     /* serial: route */
    pthread_create(&forward_thread, NULL, forward, &used_hop);
    pthread_join(forward_thread, NULL);
    assert(used_hop == 7);
    return 0;
}
