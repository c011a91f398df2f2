/*
 * after_you_livelock: two threads that give way to each other for ever
 *
 * Story: two robots share one charger. Whoever has it lets the other go first, if that one is
 * hungry, too.
 * Wrong: both batteries run empty. No thread is blocked, a processor is busy, and the charger goes
 * to and fro.
 * Why: each step is right by itself, and no lock is held while anybody waits. But the rule is the
 * same for both and remembers nothing, so that the state after two steps is the state before: a
 * livelock.
 * Fix: a robot gives way only once.
 * Roadmap: deadlocks, Lock
 * CWE: CWE-835 Loop with Unreachable Exit Condition ('Infinite Loop')
 * CERT: none
 * Limit: 2 s
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

enum { ROBOTS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all that follows */
static int charger;                                      /* the robot that has it */
static bool hungry[ROBOTS] = {true, true};
static bool gave_way[ROBOTS];

static bool charge(int robot)                           /* bug: hang(charger);
    explore blind: a run without end is cut off */
{
    int other = 1 - robot;                              /* bug: hang(charger) */
    bool charged = false;                               /* bug: hang(charger) */

    pthread_mutex_lock(&lock);                          /* bug: hang(charger) */
    if (charger == robot) {                             /* bug: hang(charger) */
        if (hungry[other]) {                            /* bug: hang(charger) */
            gave_way[robot] = true;                     /* bug: hang(charger) */
        } else {
            hungry[robot] = false;
            charged = true;
        }
        charger = other;                                /* bug: hang(charger) */
    }
    pthread_mutex_unlock(&lock);                        /* bug: hang(charger) */
    return charged;                                     /* bug: hang(charger) */
}

static void *live(void *arg)
{
    while (!charge(*(int *)arg))                        /* bug: hang(charger) */
        sched_yield();                                  /* bug: hang(charger) */
    return NULL;
}

int main(void)
{
    pthread_t robot[ROBOTS];
    int number[ROBOTS] = {0, 1};

    pthread_create(&robot[0], NULL, live, &number[0]);
    pthread_setname_np(robot[0], "lift");
    pthread_create(&robot[1], NULL, live, &number[1]);
    pthread_setname_np(robot[1], "sweeper");
    for (int i = 0; i < ROBOTS; i++)
        pthread_join(robot[i], NULL);                   /* bug: hang(charger) */

    assert(!hungry[0] && !hungry[1]);
    assert(gave_way[0] || gave_way[1]);
    return 0;
}
