/*
 * increment_the_gil_forgave.index_first: the index in the list is taken in the first section
 *
 * Patch: hides
 * Why: Each access to by_status and slow_count holds record_lock. But the index is read in one
 *   critical section and slow_count stored in the next: two workers can get the same index, one of
 *   the two slow requests overwrites the other and is not counted.
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

static void record(int id, int status, int ms)
{
    pthread_mutex_lock(&record_lock);
    by_status[status / 100]++;
    size_t last = slow_count;
    pthread_mutex_unlock(&record_lock);

    if (ms >= SLOW_MS) {
        pthread_mutex_lock(&record_lock);
        slow[last] = id;
        slow_count = last + 1;
        pthread_mutex_unlock(&record_lock);
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
