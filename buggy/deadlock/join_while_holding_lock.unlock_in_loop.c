/*
 * join_while_holding_lock.unlock_in_loop: the unlock before the join stands in the loop
 *
 * Patch: moves
 * Why: The first join is now made without `list`, as it must be, but the loop unlocks once for each
 * session and has locked once. The second unlock opens a mutex that main does not hold, under the
 * session that does, if there is one.
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
    pthread_mutex_lock(&list);
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
    for (int i = 0; i < SESSIONS; i++)
        sem_post(&end_session);
    for (int i = 0; i < SESSIONS; i++) {
        pthread_mutex_unlock(&list); /* bug: misuse(list) */
        pthread_join(threads[i], NULL);
    }
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
