/*
 * increment_the_gil_forgave: a tally and an append that the interpreter lock used to protect
 *
 * Story: An access-log analyser was ported from Python. Two workers share a tally of replies per
 *   status class (`by_status[cls] += 1`) and a list of slow requests (`slow.append(id)`).
 * Wrong: The tally comes out short, and the list can lose requests or hold holes.
 * Why: In CPython list.append is one call under the global interpreter lock, and a thread switch
 *   inside `+= 1` is so rare that nobody had seen one. C has no such lock: both the tally's
 *   increment and the append's index are a load and a store with nothing to keep the other out.
 * Fix: One mutex makes each record() a single step, which is what the port took for granted.
 * Roadmap: GIL, Lock, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C; CON07-C
 * Rate: A line is lost where one worker's load falls between the other's load and store. Both tally
 *   many lines without a pause, which makes that more likely.
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
    by_status[status / 100]++;                  /* bug: race(by_status) */
    if (ms >= SLOW_MS)
        slow[slow_count++] = id;                /* bug: race(slow) */
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
