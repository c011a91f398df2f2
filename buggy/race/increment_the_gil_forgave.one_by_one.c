/*
 * increment_the_gil_forgave.one_by_one: each worker is joined before the next one starts
 *
 * Patch: serial
 * Why: The counts are right because record() never runs in two threads: main joins the first
 *   worker before it creates the second. The log is worked through by one thread at a time.
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

static void record(int id, int status, int ms)
{
    by_status[status / 100]++;
    if (ms >= SLOW_MS)
        slow[slow_count++] = id;
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

    for (int w = 0; w < WORKERS; w++) {
        pthread_create(&workers[w], NULL, worker, &first_id[w]);
        pthread_join(workers[w], NULL);         /* serial: record */
    }

    long replies = by_status[2] + by_status[5];
    printf("%ld replies, %zu slow\n", replies, slow_count);
    assert(replies == ALL_LINES && slow_count == ALL_LINES / 4);
    return 0;
}
