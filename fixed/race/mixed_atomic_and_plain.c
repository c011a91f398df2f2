/*
 * mixed_atomic_and_plain: a counter that one side adds to atomically and the other reads plainly
 *
 * Story: A web server counts its requests with an atomic addition. Once a minute the exporter sends
 *   the count to the monitor, through the server itself, and starts again from zero.
 * Wrong: The request that carries the count is never counted, and one that comes just then may
 *   not be either.
 * Why: An atomic operation is atomic only against other atomic operations. The exporter reads the
 *   counter and resets it with plain accesses: the read races with the additions, and whatever is
 *   added between the read and the reset is lost.
 * Fix: One atomic exchange reads and resets.
 * Roadmap: threads, Semaphore, races, server
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C
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
        __atomic_exchange_n(&requests, 0, __ATOMIC_RELAXED);
    send_report(reported);

    pthread_join(server, NULL);
    reported += requests;                       /* the next minute's report */
    assert(reported == VISITS + 1);             /* bug: wrong-result(requests) */
    sem_destroy(&report_answered);
    sem_destroy(&report_sent);
    return 0;
}
