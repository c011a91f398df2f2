/*
 * two_atomics_one_invariant: a flag and a counter, each atomic, that mean something only together
 *
 * Story: A server is drained before it is switched off: it lets no new session in, and goes off at
 *   once where none is open. A client that is let in is greeted first, and begins when it answers.
 * Wrong: The server is switched off under a client that was just let in.
 * Why: "none open when it goes off, none let in once it drains" spans two atomics. Each is read
 *   and written in one piece, but both sides pass their check before either has acted: the client
 *   before the flag is set, main before the count goes up.
 * Fix: Flag and count share one atomic word: the compare-and-swap that finds the flag clear also
 *   counts the session, and the operation that sets the flag also reads the count.
 * Roadmap: threads, Semaphore, races, server
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON07-C
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
    unsigned int seen = atomic_load(&state);

    while (!(seen & DRAINING)) {
        if (atomic_compare_exchange_weak(&state, &seen, seen + SESSION))
            return true;
    }
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
