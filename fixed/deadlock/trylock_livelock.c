/*
 * trylock_livelock: two threads take one lock, fail to get the other, give back and begin again
 *
 * Story: a simulated container yard. Each turn has two steps: a crane takes hold of the stack it
 * stands at, then asks for the stack its container goes to. If it is refused, it lets go and tries
 * again two turns later. A step is over when both cranes are through with it.
 * Wrong: two cranes with a container for each other's stack swing to and fro for ever. Both threads
 * are busy and neither is blocked.
 * Why: with trylock nobody waits while holding a stack, so there is no deadlock. But both hold
 * their own when both ask, so both are refused, and both pause for as long: the next try begins as
 * this one did.
 * Fix: the pauses differ, and the crane that is back first finds both stacks free.
 * Roadmap: Lock, deadlocks
 * CWE: CWE-835 Loop with Unreachable Exit Condition ('Infinite Loop'); CWE-667 Improper Locking
 * CERT: none
 * Limit: 2 s
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

enum { CRANES = 2 };

static pthread_mutex_t stack[CRANES] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static int weight[CRANES] = {50, 50}; /* each guarded by the stack of its number */
static const int load[CRANES] = {5, 3};
static int moved; /* set in the second step under both stacks, read between turns */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int step; /* guarded by lock, as through is */
static int through;

/* Steps are short: falling asleep at the end of each would take most of the time. */
static void end_step(void)
{
    pthread_mutex_lock(&lock);                                 /* bug: hang(stack);
        explore blind: a run without end is cut off */
    int now = step;                                            /* bug: hang(stack) */
    if (++through == CRANES) {                                 /* bug: hang(stack) */
        through = 0;                                           /* bug: hang(stack) */
        step++;                                                /* bug: hang(stack) */
    }
    while (step == now) {                                      /* bug: hang(stack) */
        pthread_mutex_unlock(&lock);                           /* bug: hang(stack) */
        sched_yield();                                         /* bug: hang(stack) */
        pthread_mutex_lock(&lock);                             /* bug: hang(stack) */
    }
    pthread_mutex_unlock(&lock);                               /* bug: hang(stack) */
}

static void *operate(void *crane)
{
    int own = *(int *)crane, other = 1 - own;
    int next = 0;
    bool done = false;

    for (int turn = 0; moved < CRANES; turn++) {               /* bug: hang(stack) */
        bool tries = !done && turn == next;                    /* bug: hang(stack) */
        if (tries)                                             /* bug: hang(stack) */
            pthread_mutex_lock(&stack[own]); /* bug: hang(stack) */ /* alarm: lock-order(stack)
                by helgrind: it enters a trylock into the order like a lock that waits */
        end_step();                                            /* bug: hang(stack) */
        if (tries && !pthread_mutex_trylock(&stack[other])) {  /* bug: hang(stack) */ /* alarm:
                lock-order(stack) */
            weight[own] -= load[own];
            weight[other] += load[own];
            moved++;
            done = true;
            pthread_mutex_unlock(&stack[other]);
        }
        end_step();                                            /* bug: hang(stack) */
        if (tries) {                                           /* bug: hang(stack) */
            pthread_mutex_unlock(&stack[own]);                 /* bug: hang(stack) */
            next = turn + 2 + own;                             /* bug: hang(stack) */
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[CRANES];
    int number[CRANES] = {0, 1};

    pthread_create(&thread[0], NULL, operate, &number[0]);
    pthread_setname_np(thread[0], "quay crane");
    pthread_create(&thread[1], NULL, operate, &number[1]);
    pthread_setname_np(thread[1], "yard crane");
    for (int i = 0; i < CRANES; i++)
        pthread_join(thread[i], NULL);                         /* bug: hang(stack) */
    assert(weight[0] == 48 && weight[1] == 52);
    return 0;
}
