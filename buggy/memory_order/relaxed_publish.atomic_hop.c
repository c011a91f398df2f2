/*
 * relaxed_publish.atomic_hop: the field is atomic and relaxed as well
 *
 * Patch: hides
 * Why: An atomic `next_hop` has no data race, and ThreadSanitizer is silent. But two relaxed
 *   stores are in no order for the other thread: it can still see the pointer in `current` and
 *   0 in `next_hop`.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

struct route {
    atomic_int next_hop;
};

static struct route route;
static _Atomic(struct route *) current;

static void *control(void *arg)
{
    (void)arg;
    atomic_store_explicit(&route.next_hop, 7, memory_order_relaxed);    /* bug: race(route); tsan,
        tsan-gcc blind: atomic accesses are no data race, whatever their order */
    atomic_store_explicit(&current, &route, memory_order_relaxed);  /* alarm: race(current) by
        helgrind, drd: an atomic load or store is a plain move in the machine code they see */
    return NULL;
}

static void *forward(void *arg)
{
    struct route *published;

    for (published = NULL; published == NULL; sched_yield())
        published = atomic_load_explicit(&current, memory_order_acquire); /* alarm: race(current) */
    *(int *)arg = atomic_load_explicit(&published->next_hop,    /* bug: race(route) */
                                       memory_order_relaxed);
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
