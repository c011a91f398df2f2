/*
 * mixed_atomic_and_plain.load_and_subtract: the count is loaded, reported, and then subtracted
 *
 * Why: The load and the subtraction are two operations, but nothing is lost between them: requests
 *   answered in the meantime stay in the count, since exactly what was reported is subtracted, and
 *   they come with the next report.
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
    __atomic_fetch_add(&requests, 1,            /* bug: race(requests); helgrind, drd blind:
        a locked read-modify-write is a load to them, and two loads do not race */
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

    long reported =                             /* bug: race(requests) */
        __atomic_load_n(&requests, __ATOMIC_RELAXED);
    send_report(reported);
    __atomic_fetch_sub(&requests, reported, __ATOMIC_RELAXED);

    pthread_join(server, NULL);
    reported += requests;                       /* the next minute's report */
    assert(reported == VISITS + 1);             /* bug: wrong-result(requests) */
    sem_destroy(&report_answered);
    sem_destroy(&report_sent);
    return 0;
}
