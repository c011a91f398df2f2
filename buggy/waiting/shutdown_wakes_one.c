/*
 * shutdown_wakes_one: a pool's shutdown signals one worker where it must wake all
 *
 * Story: three workers of a mail server wait on one condition for letters to deliver. At shutdown
 * the server waits until the outbox is empty and every worker is idle, then closes.
 * Wrong: every letter is delivered, and yet the server does not end.
 * Why: pthread_cond_signal wakes one worker. That is right for a letter, which is for one of them;
 * the closing concerns all three. The one who is woken goes home and passes nothing on.
 * Fix: what more than one waiter must learn is broadcast.
 * Roadmap: Condition, pool, server
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: CON38-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { WORKERS = 3, LETTERS = 6 };

static struct {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t wake;
    pthread_cond_t all_idle;
    int outbox, delivered;
    int idle, gone_home;
    bool closing;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER,
            .all_idle = PTHREAD_COND_INITIALIZER, .outbox = LETTERS};

static void wait_for_work(void)
{
    while (server.outbox == 0 && !server.closing) {
        if (++server.idle == WORKERS)
            pthread_cond_signal(&server.all_idle);
        pthread_cond_wait(&server.wake, &server.lock); /* bug: hang(wake) */
        server.idle--;
    }
}

static void *deliver(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&server.lock);
    for (wait_for_work(); server.outbox > 0; wait_for_work()) {
        server.outbox--;
        server.delivered++;
    }
    server.gone_home++;
    pthread_mutex_unlock(&server.lock);
    return NULL;
}

static void shut_down(void)
{
    pthread_mutex_lock(&server.lock);
    while (server.outbox > 0 || server.idle < WORKERS)
        pthread_cond_wait(&server.all_idle, &server.lock);
    server.closing = true;
    pthread_cond_signal(&server.wake);
    pthread_mutex_unlock(&server.lock);
}

int main(void)
{
    pthread_t workers[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        pthread_create(&workers[i], NULL, deliver, NULL);
    shut_down();
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL); /* bug: hang(wake) */

    assert(server.delivered == LETTERS && server.gone_home == WORKERS);
    return 0;
}
