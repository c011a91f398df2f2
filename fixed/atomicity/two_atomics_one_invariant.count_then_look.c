/*
 * two_atomics_one_invariant.count_then_look: counted first, and taken back if need be
 *
 * Why: The same atomic_fetch_add on `state` counts the session and tells whether DRAINING was
 *   set, as the compare-and-swap did. Where it was, the drain lies before it and has not seen
 *   the count, which is taken back.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#define DRAINING 1u
#define SESSION 2u

static atomic_uint state;                       /* DRAINING, and SESSION times the open ones */
static sem_t greeted, answered;
static bool switched_off;                       /* main's own until it posts `answered` */

static bool let_in(void)
{
    if (!(atomic_fetch_add(&state, SESSION) & DRAINING))
        return true;
    atomic_fetch_sub(&state, SESSION);
    return false;
}

/* Returns whether no session is open. */
static bool drain(void)
{
    return atomic_fetch_or(&state, DRAINING) < SESSION;
}

static void *serve_client(void *arg)
{
    int *cut_off = arg;

    if (!let_in())
        return NULL;
    sem_post(&greeted);
    sem_wait(&answered);
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

    assert(cut_off == 0);                       /* bug: wrong-result(sessions) */
    sem_destroy(&answered);
    sem_destroy(&greeted);
    return 0;
}
