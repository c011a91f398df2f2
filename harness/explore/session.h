/*
 * The search for a failing schedule: plans are made, run by several servers at once, and learnt from in order. What it
 * gives depends on the program, the options and the seed, and not on how many servers there are: a round is learnt from
 * by the numbers of its runs, and where it stops at a failure, that with the lowest number is the first.
 *
 * Every function runs a loop of its own to its end. SIGINT, SIGTERM and SIGHUP are caught meanwhile: what is under way
 * is ended, and their number returned. A caller that calls several blocks these signals in between. One session at a
 * time.
 */
#ifndef RACELAB_EXPLORE_SESSION_H
#define RACELAB_EXPLORE_SESSION_H

#include "explore/search/search.h"
#include "explore/server.h"
#include "model/exploration.h"

struct session_progress {
    size_t schedules, failed;
    size_t races; /* candidates: see struct session_race */
    const char *strategy;
};

struct session_spec {
    struct server_spec server;
    struct search_options search;
    size_t schedules; /* at most; 0: no limit but the time or the end of a bounded search */
    uint64_t
        points; /* no further round once the runs have passed so many points; 0: no limit. Unlike a time, it
                             ends a search at the same schedule everywhere */
    uint64_t time_ms;  /* of the whole search; 0: no limit */
    uint64_t limit_ms; /* of each run, above 0 */
    unsigned jobs;     /* servers; above 0 */
    bool keep_going;   /* count all failures, do not stop at the first */
    bool races;        /* look for data races in the schedules that are recorded */
    bool
        overlap; /* count the schedules in which the work of two threads overlaps (search/overlap.h) */
    const int *ok_status; /* exit statuses that are as good as 0 */
    size_t ok_status_count;
    void (*progress)(const struct session_progress *progress, void *user); /* may be NULL */
    void *user;
};

/* A data race of the program by the order of one run: still to be confirmed by a detector. */
struct session_race {
    uint64_t pc[2]; /* ascending: the same pair is told once */
};

/* A schedule that is worth keeping. */
struct session_case {
    size_t number; /* from 1 */
    char *strategy;
    enum failure failure;        /* FAILURE_RACE: `races` that no schedule before it had */
    struct wire_outcome outcome; /* as it was found */
    struct wire_thread *threads; /* outcome.threads of them: where each stood at the end */
    struct wire_segment *guide;  /* exact */
    size_t guide_length;
    struct wire_block *block; /* all of that run; NULL for FAILURE_RACE */
    struct session_race *races;
    size_t race_count;
};

/* What was learnt so far, also where the search was ended early. */
struct session_result {
    size_t schedules, failed, too_long, timed_out;
    size_t
        overlapping; /* of them, where that was asked for; a run too long to look at does not count */
    uint64_t points; /* that the runs have passed */
    uint64_t elapsed_ms;
    struct exploration_tally *tallies;
    size_t tally_count;
    struct search_exhausted exhausted;
    struct session_case *first; /* the first that failed; NULL: none */
    struct session_case *races; /* candidates, in the order of their numbers */
    size_t race_count;
    bool races_left_out;       /* there were more than are kept, or runs too long to look at */
    struct wire_outcome *lost; /* of the first run for each new reason why determinism is lost */
    size_t lost_count;
    char *trouble; /* why runs cannot be made; or NULL */
};

/* A schedule as small as it could be made. */
struct session_minimal {
    bool repeated; /* it failed again in the same way; else only what was found is there */
    struct wire_segment *guide;
    size_t guide_length;
    size_t preemptions, found_preemptions;
    bool fewest; /* see minimiser_fewest() */
    size_t runs; /* that this took */
    struct wire_block
        *block;    /* as a run of the guide left it, steps recorded; NULL: none was made */
    char *trouble; /* why runs cannot be made; or NULL */
};

struct session;

/* 0 or a negative errno. The spec and all it points to must outlive the session. */
int session_open(const struct session_spec *spec, struct session **made);
/* Ends all programs. NULL is allowed. */
void session_close(struct session *session);

/* 0, a signal's number, or a negative errno. The result is to be released in every case. */
int session_search(struct session *session, struct session_result *result);
void session_result_release(struct session_result *result);

/* Runs the case's own guide again, then smaller ones, at most `budget` runs. Returns and is to be released as above. */
int session_minimise(struct session *session, const struct session_case *found, size_t budget,
                     struct session_minimal *minimal);
void session_minimal_release(struct session_minimal *minimal);

/* As the last run of one of the servers left it: what modules the program has. */
struct wire_block *session_block(struct session *session);

/* How a run failed, where a status of `ok` is none. */
enum failure session_failure(const struct session_spec *spec, const struct wire_outcome *outcome);

#endif
