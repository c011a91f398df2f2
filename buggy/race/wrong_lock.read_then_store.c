/*
 * wrong_lock.read_then_store: the count is read and stored under its lock, but in two sections
 *
 * Patch: hides
 * Why: Each access to cached_bytes now holds table_lock, so there is no data race left for a
 *   detector. But evict() gives table_lock up between its load and its store: what store() adds in
 *   between is overwritten by the older value in bytes.
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
    cached_bytes += PAGE_BYTES;
    pthread_mutex_unlock(&table_lock);
}

static void evict(void)
{
    pthread_mutex_lock(&table_lock);
    long bytes = cached_bytes - PAGE_BYTES;
    pthread_mutex_unlock(&table_lock);

    pthread_mutex_lock(&lru_lock);
    oldest++;
    pthread_mutex_unlock(&lru_lock);

    pthread_mutex_lock(&table_lock);
    cached_bytes = bytes;
    pthread_mutex_unlock(&table_lock);
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
