/*
 * aba_cas: compare-and-swap that takes an old top of a stack for an unchanged stack
 *
 * Story: a boat hire keeps its free boats on a lock-free stack. A clerk shows the top boat to a
 *        customer, who asks a friend; a second clerk meanwhile hires out two boats, and the first
 *        of them comes back.
 * Wrong: the next customer is sent to a boat that is already out on the lake.
 * Why: the ABA problem. The compare-and-swap asks whether the top is the boat that it was, not
 *      whether the stack is. The boat is on top again, but the one that was below it is gone, and
 *      the swap makes that one the new top.
 * Fix: the top is swapped together with a count of the hires, which no return sets back. The swap
 *      fails, and the clerk looks again.
 * Roadmap: threads, Semaphore, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization ('Race
 *      Condition')
 * CERT: CON09-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { NONE, SWAN, GULL, TERN, HERON, BOATS };

struct top {
    uint32_t boat;
};

static _Atomic(struct top) stack;
static _Atomic uint32_t below[BOATS];       /* what lies under each boat on the stack */
static sem_t asked, answered;

static void give_back(uint32_t boat)
{
    struct top old = atomic_load(&stack), new;

    do {
        new = old;
        new.boat = boat;
        atomic_store(&below[boat], old.boat);
    } while (!atomic_compare_exchange_strong(&stack, &old, new));
}

static void ask_friend(void)
{
    sem_post(&asked);
    sem_wait(&answered);
    sem_post(&answered);                    /* the answer stays given */
}

static uint32_t hire(void (*think_it_over)(void))
{
    struct top old = atomic_load(&stack), new;

    do {
        if (old.boat == NONE)
            return NONE;
        new = old;
        new.boat = atomic_load(&below[old.boat]);
        if (think_it_over != NULL)
            think_it_over();
    } while (!atomic_compare_exchange_strong(&stack, &old, new));
    return old.boat;
}

static void *second_clerk(void *all_day)
{
    sem_wait(&asked);
    uint32_t short_trip = hire(NULL);
    *(uint32_t *)all_day = hire(NULL);
    give_back(short_trip);
    sem_post(&answered);
    return NULL;
}

int main(void)
{
    uint32_t all_day = NONE, first, next;
    pthread_t clerk;

    sem_init(&asked, 0, 0);
    sem_init(&answered, 0, 0);
    for (uint32_t boat = HERON; boat >= SWAN; boat--)
        give_back(boat);
    pthread_create(&clerk, NULL, second_clerk, &all_day);
    first = hire(ask_friend);
    pthread_join(clerk, NULL);
    next = hire(NULL);
    assert(next != first && next != all_day);   /* bug: wrong-result(next) */
    return 0;
}
