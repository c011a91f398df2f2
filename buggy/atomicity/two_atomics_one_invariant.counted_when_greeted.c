/*
 * two_atomics_one_invariant.counted_when_greeted: one word, counted behind the greeting
 *
 * Patch: hides
 * Why: The session is counted long before the answer comes, mostly before main has woken up, so
 *   that hardly a run fails. But let_in() only looks at `state`, and main drains as soon as it
 *   hears of `greeted`: that can  be before SESSION is added.
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
    return !(atomic_load(&state) & DRAINING);
}

static void begin_session(void)
{
    atomic_fetch_add(&state, SESSION);
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
    begin_session();
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

    assert(cut_off == 0);                       /* bug: wrong-result(state); watchdog rate: main
        must drain between the greeting and the count */
    sem_destroy(&answered);
    sem_destroy(&greeted);
    return 0;
}
