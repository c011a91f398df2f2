/*
 * increment_the_gil_forgave.two_locks: the list of slow requests has a lock of its own
 *
 * Why: by_status and the list of slow requests have nothing to do with each other, so each can
 *   have a lock: by_status holds record_lock, slow and slow_count hold slow_lock. id is the
 *   worker's own, and main reads after the joins.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define WORKERS 2
#define LINES_PER_WORKER 4000
#define ALL_LINES (WORKERS * LINES_PER_WORKER)
#define SLOW_MS 500

static long by_status[6];                       /* [2] counts the 2xx replies, [5] the 5xx */
static int slow[ALL_LINES];
static size_t slow_count;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t slow_lock = PTHREAD_MUTEX_INITIALIZER;

static void record(int id, int status, int ms)
{
    pthread_mutex_lock(&record_lock);
    by_status[status / 100]++;                  /* bug: race(by_status) */
    pthread_mutex_unlock(&record_lock);
    if (ms >= SLOW_MS) {
        pthread_mutex_lock(&slow_lock);
        slow[slow_count++] = id;                /* bug: race(slow) */
        pthread_mutex_unlock(&slow_lock);
    }
}

/* Every fourth request was slow, every tenth failed. */
static void *worker(void *arg)
{
    const int *first_id = arg;

    for (int i = 0; i < LINES_PER_WORKER; i++) {
        int id = *first_id + i;

        record(id, id % 10 == 0 ? 503 : 200, id % 4 == 0 ? 900 : 20);
    }
    return NULL;
}

int main(void)
{
    static int first_id[WORKERS] = { 1, 1 + LINES_PER_WORKER };
    pthread_t workers[WORKERS];

    for (int w = 0; w < WORKERS; w++)
        pthread_create(&workers[w], NULL, worker, &first_id[w]);
    for (int w = 0; w < WORKERS; w++)
        pthread_join(workers[w], NULL);

    long replies = by_status[2] + by_status[5];
    printf("%ld replies, %zu slow\n", replies, slow_count);
    assert(replies == ALL_LINES && slow_count == ALL_LINES / 4);    /* bug: wrong-result(record);
        watchdog rate: one worker's load must fall between the other's load and store */
    return 0;
}
