/*
 * Store buffering, with what keeps it from happening as the first argument: "release" nothing, "fence", "exchange", "seq-cst", "lock"
 * something. The exit status says whether both threads missed the other's store; "own": a thread sees its own.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int stored[2];
static int seen[2];
static atomic_int other;
static pthread_mutex_t mutexes[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static const char *between;

static void *stores(void *argument)
{
    int side = (int)(long)argument;
    memory_order order =
        strcmp(between, "seq-cst") == 0 ? memory_order_seq_cst : memory_order_release;
    atomic_store_explicit(&stored[side], 1, order);
    if (strcmp(between, "fence") == 0)
        atomic_thread_fence(memory_order_seq_cst);
    if (strcmp(between, "exchange") == 0)
        atomic_exchange(&other, 1);
    if (strcmp(between, "lock") == 0)
        pthread_mutex_lock(&mutexes[side]);
    seen[side] = atomic_load_explicit(&stored[1 - side], memory_order_acquire);
    if (atomic_load_explicit(&stored[side], memory_order_relaxed) != 1)
        abort();
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[2];
    between = count == 2 ? arguments[1] : "release";
    for (long i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, stores, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    if (atomic_load(&stored[0]) != 1 || atomic_load(&stored[1]) != 1)
        abort();
    return seen[0] == 0 && seen[1] == 0;
}
