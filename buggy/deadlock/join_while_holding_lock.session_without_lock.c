/*
 * join_while_holding_lock.session_without_lock: the sessions sign off without the lock
 *
 * Patch: moves
 * Why: Main's hold on `list` keeps out whoever locks it, and the sessions no longer do: nothing
 * keeps the two of them from each other. Both change `sessions` and `messages` at once, and a count
 * may be dropped.
 * Rate: A sign-off is dropped where one session stores between the other one's load and store. Both
 * are let go at once, which makes that likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

enum { SESSIONS = 2 };

static pthread_mutex_t list = PTHREAD_MUTEX_INITIALIZER;
static bool open = true; /* guarded by list */
static int sessions;     /* guarded by list */
static int messages;     /* guarded by list */
static sem_t end_session;

static void *session(void *arg)
{
    int sent = *(const int *)arg;

    sem_wait(&end_session);
    sessions--;       /* bug: race(messages) */
    messages += sent; /* bug: race(messages) */
    return NULL;
}

static bool sign_on(pthread_t *thread, int *sent)
{
    pthread_mutex_lock(&list);
    bool accepted = open;
    if (accepted) {
        sessions++;
        pthread_create(thread, NULL, session, sent);
    }
    pthread_mutex_unlock(&list);
    return accepted;
}

static void shut_down(const pthread_t *threads)
{
    pthread_mutex_lock(&list);
    open = false;
    for (int i = 0; i < SESSIONS; i++)
        sem_post(&end_session);
    for (int i = 0; i < SESSIONS; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_unlock(&list);
}

int main(void)
{
    pthread_t threads[SESSIONS + 1];
    int sent[SESSIONS + 1] = {3, 4, 0};

    sem_init(&end_session, 0, 0);
    for (int i = 0; i < SESSIONS; i++)
        sign_on(&threads[i], &sent[i]);
    shut_down(threads);
    bool admitted = sign_on(&threads[SESSIONS], &sent[SESSIONS]);

    assert(!admitted && sessions == 0 && messages == 7); /* bug: wrong-result(messages); watchdog
        rate: a session must store a count between the other one's load and store */
    return 0;
}
