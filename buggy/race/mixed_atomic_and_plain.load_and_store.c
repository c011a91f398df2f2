/*
 * mixed_atomic_and_plain.load_and_store: the count is read and reset atomically
 *
 * Patch: hides
 * Why: All accesses to requests are atomic now, and there is no data race left to report. But the
 *   load and the store of 0 are two operations: the request that is answered in between, while the
 *   report is sent, is reset without having been reported.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

#define VISITS 500

static long requests;
static sem_t report_sent, report_answered;

static void answer(void)
{
    __atomic_fetch_add(&requests, 1,
                       __ATOMIC_RELAXED);
}

static void *serve(void *arg)
{
    (void)arg;
    for (int i = 0; i < VISITS; i++)
        answer();
    sem_wait(&report_sent);
    answer();
    sem_post(&report_answered);
    return NULL;
}

static void send_report(long count)
{
    printf("%ld requests in the last minute\n", count);
    sem_post(&report_sent);
    sem_wait(&report_answered);
}

int main(void)
{
    pthread_t server;

    sem_init(&report_sent, 0, 0);
    sem_init(&report_answered, 0, 0);
    pthread_create(&server, NULL, serve, NULL);

    long reported = __atomic_load_n(&requests, __ATOMIC_RELAXED);
    send_report(reported);
    __atomic_store_n(&requests, 0, __ATOMIC_RELAXED);

    pthread_join(server, NULL);
    reported += requests;                       /* the next minute's report */
    assert(reported == VISITS + 1);             /* bug: wrong-result(requests) */
    sem_destroy(&report_answered);
    sem_destroy(&report_sent);
    return 0;
}
