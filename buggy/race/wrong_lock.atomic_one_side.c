/*
 * wrong_lock.atomic_one_side: only the eviction subtracts atomically
 *
 * Patch: moves
 * Why: The subtraction in evict() is one atomic operation, the addition in store() is a plain load
 *   and a plain store under table_lock. An atomic operation excludes only other atomic operations:
 *   it can fall between that load and that store, and is wiped out. It is still a data race.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define PAGE_BYTES 4096
#define PRELOADED 1000
#define STORED 3000
#define EVICTED 2000

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static long page_number[PRELOADED + STORED];    /* guarded by table_lock */
static int pages = PRELOADED;                   /* guarded by table_lock */
static pthread_mutex_t lru_lock = PTHREAD_MUTEX_INITIALIZER;
static int oldest;                              /* guarded by lru_lock */
static long cached_bytes = PRELOADED * PAGE_BYTES;

static void store(long number)
{
    pthread_mutex_lock(&table_lock);
    page_number[pages++] = number;
    cached_bytes += PAGE_BYTES;                 /* bug: race(cached_bytes) */
    pthread_mutex_unlock(&table_lock);
}

static void evict(void)
{
    pthread_mutex_lock(&lru_lock);
    oldest++;
    pthread_mutex_unlock(&lru_lock);

    __atomic_fetch_sub(&cached_bytes, PAGE_BYTES, __ATOMIC_SEQ_CST);    /* bug:
        race(cached_bytes) */
}

static void *read_ahead(void *arg)
{
    (void)arg;
    for (long number = 0; number < STORED; number++)
        store(number);
    return NULL;
}

static void *make_room(void *arg)
{
    (void)arg;
    for (int i = 0; i < EVICTED; i++)
        evict();
    return NULL;
}

int main(void)
{
    pthread_t reader, evictor;

    pthread_create(&reader, NULL, read_ahead, NULL);
    pthread_create(&evictor, NULL, make_room, NULL);
    pthread_join(reader, NULL);
    pthread_join(evictor, NULL);

    long expected = PAGE_BYTES * (long)(pages - oldest);
    printf("%ld bytes counted, %ld cached\n", cached_bytes, expected);
    assert(cached_bytes == expected);           /* bug: wrong-result(cached_bytes); watchdog rate:
        one thread's load must fall between the other's load and store */
    return 0;
}
