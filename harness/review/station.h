/*
 * The stations of the roadmap: in which order a learner meets the pairs. Pure functions.
 *
 * Each pair stands at one station. Which, its header's `Roadmap:` keys tell, and the first of these that is true:
 *
 *     the server project              `server` is among them: a piece of a service, with whatever that needs
 *     bugs and their mending          the family is memory_order
 *     processes                       processes, process Queue, Pipe, shared memory
 *     pools and futures               pool, futures
 *     queues                          Queue
 *     bugs and their mending          deadlocks without RLock; or the family is atomicity or false_alarm
 *     locks and the other primitives  Lock, RLock, Semaphore, Event, Condition
 *     threads                         all others
 *
 * So whoever stands there has met all that the pair is made of. `races` tells nothing here: most pairs have it. Those families
 * are kinds of bugs and not about one means. A deadlock by a lock that its own thread holds is what an RLock is for, and stays with
 * the primitives.
 *
 * At a station, in this order: programs of the size that a reviewer meets after the short ones; of bugs races, then
 * deadlocks, then memory order, then false alarms; by the means that is learnt last, in the order of the keys above; those of which
 * more detectors are promised to tell, so that a beginner is shown more; those with fewer lines of code; by name, 3 before 10.
 */
#ifndef RACELAB_REVIEW_STATION_H
#define RACELAB_REVIEW_STATION_H

#include "corpus/corpus.h"

#include <stdbool.h>

enum station {
    STATION_THREADS,
    STATION_LOCKS,
    STATION_QUEUES,
    STATION_POOLS,
    STATION_PROCESSES,
    STATION_BUGS,
    STATION_SERVER,
};
#define STATION_COUNT 7

/* "threads", "locks", "queues", "pools", "processes", "bugs", "server". */
const char *station_word(enum station station);
/* "locks and the other primitives", ... */
const char *station_title(enum station station);
/* By word or number from 1; false where there is none. */
bool station_from_text(const char *text, enum station *station);

/* Where a pair stands; no change. */
enum station station_of(const struct pair *pair);

/* All pairs in learning order, station by station. */
struct roadmap {
    struct stop {
        const struct pair *pair; /* borrowed */
        enum station station;
    } * stops;
    size_t count;
};

void roadmap_make(const struct corpus *corpus, struct roadmap *roadmap);
void roadmap_release(struct roadmap *roadmap);

#endif
