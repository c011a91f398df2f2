/*
 * two_atomics_one_invariant.gate_held: a mutex, which is kept while the client is greeted
 *
 * Patch: moves
 * Why: Nothing comes between the look at `draining` and the count any more. But the client
 *   waits for `answered` with `gate` held, and main needs `gate` in drain() before it posts
 *   that: both  wait for ever.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_uint draining, sessions;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static sem_t greeted, answered;
static bool switched_off;                       /* main's own until it posts `answered` */

static bool let_in(void)
{
    return atomic_load(&draining) == 0;
}

static void begin_session(void)
{
    atomic_fetch_add(&sessions, 1);
}

/* Returns whether no session is open. */
static bool drain(void)
{
    pthread_mutex_lock(&gate);                  /* bug: hang(gate) */
    atomic_store(&draining, 1);
    bool none = atomic_load(&sessions) == 0;
    pthread_mutex_unlock(&gate);
    return none;
}

static void *serve_client(void *arg)
{
    int *cut_off = arg;

    pthread_mutex_lock(&gate);
    if (!let_in()) {
        pthread_mutex_unlock(&gate);
        return NULL;
    }
    sem_post(&greeted);
    sem_wait(&answered);                        /* bug: hang(gate) */
    begin_session();
    pthread_mutex_unlock(&gate);
    *cut_off += switched_off;
    return NULL;
}

int main(void)
{
    pthread_t client;
    int cut_off = 0;

    sem_init(&greeted, 0, 0);
    sem_init(&answered, 0, 0);
    pthread_create(&client, NULL, serve_client, &cut_off);

    sem_wait(&greeted);
    switched_off = drain();
    sem_post(&answered);                        /* the client's answer comes in */
    pthread_join(client, NULL);

    assert(cut_off == 0);
    sem_destroy(&answered);
    sem_destroy(&greeted);
    return 0;
}
