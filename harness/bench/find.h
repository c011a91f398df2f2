/*
 * How soon a bug is found: by searches of schedules, and by running the program again and again. Figures depend on the
 * machine for repetition alone: a search gives the same schedule everywhere.
 *
 * SIGINT, SIGTERM and SIGHUP are to be blocked by the caller; each function takes those that come.
 */
#ifndef RACELAB_BENCH_FIND_H
#define RACELAB_BENCH_FIND_H

#include "cli/cli.h"
#include "explore/search/search.h"

/* A way to search. */
struct way {
    const char *name;
    enum search_kind kind;
    enum wire_strategy strategy; /* SEARCH_ONE */
    unsigned depth;              /* of PCT */
    bool seeded;                 /* another seed makes another search */
};

struct find_limits {
    size_t schedules; /* of one search */
    unsigned seeds;
    uint64_t time_ms; /* of one search */
};

/* The numbers of the first schedule that fails, from 1; 0: none within the limits. */
struct found_schedules {
    size_t median, worst; /* of all seeds */
    bool cut; /* a search was ended by its time, or could not go on: then no figure is given */
};

/* Searches the buggy twin. 0, a signal's number, or a negative errno after a message. */
int find_schedule(const struct lab *lab, const struct pair *pair, const struct way *way,
                  const struct find_limits *limits, struct found_schedules *found);

struct found_runs {
    size_t made;
    size_t failed;
    size_t first;  /* the number of the first that failed, from 1; 0: none */
    char *trouble; /* why runs cannot be made; or NULL */
};

/*
 * Runs the buggy twin `most` times under the detector, or until the time is over, as many at once as there are processors.
 * A run fails that hangs, ends by a signal or with a status other than 0, or of which the detector reports what
 * the program promises. `until_first`: no more runs after that. Returns as above; found->trouble is the caller's.
 */
int find_run(const struct lab *lab, const struct pair *pair, const struct detector *detector,
             size_t most, uint64_t time_ms, bool until_first, struct found_runs *found);

/* How many schedules a second all processors make of the twin, from `schedules` of them. Returns as above. */
int find_rate(const struct lab *lab, const struct pair *pair, enum polarity polarity,
              size_t schedules, bool anew, double *rate);

#endif
