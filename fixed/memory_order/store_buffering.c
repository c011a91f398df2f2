/*
 * store_buffering: each side raises its flag and does not see the other's
 *
 * Story: one track joins two stations. Each raises a signal before it lets a train in, looks for
 *   the other's signal, and holds its train back if that one is up.
 * Wrong: now and then two trains meet on the track.
 * Why: a release store and an acquire load of another flag after it are not ordered. Processors
 *   keep stores in a buffer for a while, so that a load is done before the store is seen elsewhere:
 *   both stations find the other's signal down. It is no data race, for all of it is atomic. To
 *   Helgrind and DRD it is one: they take a release store for a plain one, and only a seq_cst
 *   store, which is a locked exchange on x86-64, for an atomic one.
 * Fix: stores and loads are seq_cst. They have one order for all threads, in which one of the
 *   stores comes first, and the other station's load sees it.
 * Rate: both must load before either store has left its processor's buffer. The stations meet
 *   before each of some thousand trains, and look for each other on a processor each, so that they
 *   start for it together; where one of them has to wait for its processor, it shows seldom.
 * Roadmap: threads, Lock
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization ('Race
 *   Condition'); CWE-821 Incorrect Synchronization
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { TRAINS = 4000 };

struct station {
    const struct station *other;
    atomic_bool up[TRAINS];                 /* the signal, for each train of the day */
    bool let_in[TRAINS];                    /* this station's own until the day is over */
};

static atomic_int arrived;                  /* at the stations: trains, both ways together */

static void meet(int train)
{
    atomic_fetch_add(&arrived, 1);
    for (int looks = 1; atomic_load(&arrived) < 2 * (train + 1); looks++)
        if (looks % 100 == 0)
            sched_yield();
}

static void *run_station(void *arg)
{
    struct station *station = arg;

    for (int train = 0; train < TRAINS; train++) {
        atomic_bool *own = &station->up[train];
        const atomic_bool *theirs = &station->other->up[train];

        meet(train);
        atomic_store_explicit(own, true, memory_order_seq_cst);         /* bug: race(signal) */
        station->let_in[train] = !atomic_load_explicit(theirs, memory_order_seq_cst);   /* bug:
            race(signal); tsan, tsan-gcc blind: accesses that are atomic make no data race */
    }
    return NULL;
}

int main(void)
{
    static struct station east, west;
    pthread_t keepers[2];
    int accidents = 0;

    east.other = &west;
    west.other = &east;
    pthread_create(&keepers[0], NULL, run_station, &east);
    pthread_create(&keepers[1], NULL, run_station, &west);
    pthread_join(keepers[0], NULL);
    pthread_join(keepers[1], NULL);

    for (int train = 0; train < TRAINS; train++)
        accidents += east.let_in[train] && west.let_in[train];
    assert(accidents == 0);                 /* bug: wrong-result(signal); watchdog rate: both loads
        must be done while both stores are still in their processors' buffers */
    return 0;
}
