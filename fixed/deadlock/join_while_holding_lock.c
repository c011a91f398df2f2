/*
 * join_while_holding_lock: a join while holding the lock that the joined thread needs
 *
 * Story: a chat server shuts down. It locks the list of sessions so that none is added, tells each
 * session to end, and waits until all have ended. A session signs off from the list at its end.
 * Wrong: the shutdown never ends, and the last message of each session is never counted.
 * Why: to end, a session needs the lock that main holds until the session has ended. A join waits
 * just as a lock does, but appears in no lock order.
 * Fix: unlock before the join. `open` is false by then, so the list can only shrink.
 * Roadmap: threads, Lock, deadlocks, server
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON05-C; POS52-C
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
    pthread_mutex_lock(&list); /* bug: hang(list) */
    sessions--;
    messages += sent;
    pthread_mutex_unlock(&list);
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
    pthread_mutex_unlock(&list);
    for (int i = 0; i < SESSIONS; i++)
        sem_post(&end_session);
    for (int i = 0; i < SESSIONS; i++)
        pthread_join(threads[i], NULL); /* bug: hang(list) */
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

    assert(!admitted && sessions == 0 && messages == 7);
    return 0;
}
