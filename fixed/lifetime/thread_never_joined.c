/*
 * thread_never_joined: joinable threads are neither joined nor detached
 *
 * Story: A server starts a thread for each request. It waits until every request is answered, and
 *   takes that to be the end of the threads.
 * Wrong: Every request leaves a dead thread's stack and descriptor behind, until after some
 *   thousands of requests pthread_create fails with EAGAIN.
 * Why: A joinable thread that has ended is kept until someone joins it, for its exit status is
 *   still to be had. Waiting for its answer is not a join, and the handle is thrown away.
 * Fix: Detach each thread: its resources go when it ends, since nobody wants its exit status.
 * Roadmap: threads, server, Semaphore
 * CWE: CWE-772 Missing Release of Resource after Effective Lifetime
 * CERT: CON04-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

#define REQUESTS 4

struct request {
    int celsius;
    int fahrenheit;                             /* the answer */
};

static sem_t answered;

static void *serve(void *arg)
{
    struct request *request = arg;

    request->fahrenheit = request->celsius * 9 / 5 + 32;
    sem_post(&answered);
    return NULL;
}

int main(void)
{
    static struct request requests[REQUESTS] = { { -40, 0 }, { 0, 0 }, { 25, 0 }, { 100, 0 } };

    sem_init(&answered, 0, 0);
    for (int r = 0; r < REQUESTS; r++) {
        pthread_t server;

        pthread_create(&server, NULL, serve, &requests[r]);     /* bug: leak(server) */
        pthread_detach(server);
    }
    for (int r = 0; r < REQUESTS; r++)
        sem_wait(&answered);

    for (int r = 0; r < REQUESTS; r++)
        printf("%d C = %d F\n", requests[r].celsius, requests[r].fahrenheit);
    assert(requests[0].fahrenheit == -40 && requests[3].fahrenheit == 212);
    return 0;
}
