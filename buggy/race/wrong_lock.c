/*
 * wrong_lock: one variable under two different locks
 *
 * Story: A page cache keeps count of the bytes it holds. store() adds to the count under
 *   table_lock, evict() subtracts from it under lru_lock.
 * Wrong: The count drifts away from what the cache holds, which then evicts too early or grows past
 *   its limit.
 * Why: Each update holds a lock, but not the same one. A mutex excludes, and orders, only those
 *   who lock that very mutex, so a store and an eviction can update the count at the same time.
 * Fix: cached_bytes belongs to table_lock, and evict() takes that lock for it.
 * Roadmap: Lock, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C; POS49-C
 * Rate: A change is lost where one thread's load falls between the other's load and store. Both
 *   change the count many times without a pause, which makes that more likely.
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
    cached_bytes -= PAGE_BYTES;                 /* bug: race(cached_bytes) */
    pthread_mutex_unlock(&lru_lock);
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
