/*
 * Store buffering. The first argument is what keeps it from happening, "release" nothing. The exit status says
 * whether both threads missed the other's store.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int stored[2];
static int seen[2];
static atomic_int other;
static pthread_mutex_t mutexes[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static enum between { RELEASE, FENCE, EXCHANGE, SEQ_CST, LOCK } between;

static void *stores(void *argument)
{
    int side = (int)(long)argument;
    enum between way = between;
    if (way == SEQ_CST)
        atomic_store(&stored[side], 1);
    else
        atomic_store_explicit(&stored[side], 1, memory_order_release);
    if (way == FENCE)
        atomic_thread_fence(memory_order_seq_cst);
    if (way == EXCHANGE)
        atomic_exchange(&other, 1);
    if (way == LOCK)
        pthread_mutex_lock(&mutexes[side]);
    seen[side] = atomic_load_explicit(&stored[1 - side], memory_order_acquire);
    if (atomic_load_explicit(&stored[side], memory_order_relaxed) != 1)
        abort();
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[2];
    static const char *const ways[] = {"release", "fence", "exchange", "seq-cst", "lock"};
    for (unsigned i = 0; count == 2 && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(arguments[1], ways[i]) == 0)
            between = (enum between)i;
    for (long i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, stores, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    if (atomic_load(&stored[0]) != 1 || atomic_load(&stored[1]) != 1)
        abort();
    return seen[0] == 0 && seen[1] == 0;
}
