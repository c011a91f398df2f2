/*
 * join_while_holding_lock.posts_and_joins_merged: an unlock, and one loop for posts and joins
 *
 * Patch: moves
 * Why: Main no longer holds `list` in the join, but the posts are for whichever session waits at
 * `end_session`, not for threads[i]. If the first post wakes the second session, main joins the
 * first one, and the second post never comes.
 * Rate: The second session must wait at the semaphore before the first one does, or be woken in its
 * place.
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

    sem_wait(&end_session); /* bug: hang(end_session); watchdog rate: the second session must be
        the one that the first post wakes */
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
    pthread_mutex_unlock(&list);
    for (int i = 0; i < SESSIONS; i++) {
        sem_post(&end_session);
        pthread_join(threads[i], NULL); /* bug: hang(end_session) */
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
