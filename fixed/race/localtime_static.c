/*
 * localtime_static: two threads share the one struct tm behind localtime
 *
 * Story: An airport has a thread for the screen at each gate. The threads convert their flights'
 *   departures to local time, and then all screens change at the same moment.
 * Wrong: Two gates show the same departure time.
 * Why: localtime returns a pointer to one object that the whole process shares. The later
 *   conversion overwrites the earlier one before the screens read it, and nothing orders the two
 *   conversions' stores. A lock inside the library cannot help: the result outlives the call.
 * Fix: localtime_r converts into the caller's own struct tm.
 * Roadmap: threads, races
 * CWE: CWE-663 Use of a Non-reentrant Function in a Concurrent Context; CWE-366 Race Condition
 *   within a Thread
 * CERT: CON33-C; CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define GATES 2

struct gate {
    time_t departure;
    int shown;                                  /* 100 * hour + minute */
};

static pthread_barrier_t screens_change;

static void *screen(void *arg)
{
    struct gate *gate = arg;
    struct tm own, *local;

    local = localtime_r(&gate->departure, &own);    /* bug: race(tm); helgrind, drd blind: their
        default suppressions drop every conflict inside libc, where all the unordered stores are */
    pthread_barrier_wait(&screens_change);
    gate->shown = 100 * local->tm_hour + local->tm_min;
    return NULL;
}

int main(void)
{
    static struct gate gates[GATES] = { { .departure = 34200 }, { .departure = 63900 } };
    pthread_t threads[GATES];

    setenv("TZ", "UTC0", 1);
    tzset();                                    /* localtime_r alone need not look at TZ */
    pthread_barrier_init(&screens_change, NULL, GATES);
    for (int g = 0; g < GATES; g++)
        pthread_create(&threads[g], NULL, screen, &gates[g]);
    for (int g = 0; g < GATES; g++) {
        pthread_join(threads[g], NULL);
        printf("gate %d: %04d\n", g, gates[g].shown);
    }
    pthread_barrier_destroy(&screens_change);

    assert(gates[0].shown == 930 && gates[1].shown == 1745);    /* bug: wrong-result(tm) */
    return 0;
}
