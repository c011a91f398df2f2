/*
 * What the files of the strategy share: its state, and the strategies themselves. Each gets the choice of one
 * decision and returns an index of its candidates.
 */
#ifndef RACELAB_EXPLORE_STRATEGIES_H
#define RACELAB_EXPLORE_STRATEGIES_H

#include "explore/runtime/strategy.h"
#include "explore/search/random.h"

#define STRATEGY_NONE    UINT32_MAX
#define STRATEGY_CHANGES 16u /* of priorities, at most */

enum { WINDOWS_MOST = 3 };

/* A thread that is held before an update until others have made so many on this object. */
struct window {
    uint16_t thread;
    uint32_t left;
    uint64_t object;
};

struct strategy {
    const struct wire_plan *plan;
    const struct wire_segment *guide;
    uint32_t segment;  /* of the guide, that is being followed */
    bool begun;        /* its thread has gone on for it */
    bool waited;       /* its thread cannot go on yet */
    uint16_t held;     /* the thread that a guide holds back, or WIRE_NO_THREAD */
    uint32_t diverged; /* the first segment that could not be followed, + 1 */
    uint32_t early;    /* of 256 waits, so many may end early by their time limit */
    struct random_source random;
    uint64_t decisions;            /* made by the strategy */
    uint32_t points[WIRE_THREADS]; /* passed by each thread, as far as seen */
    bool ended[WIRE_THREADS];

    /* PCT and FOCUS: the highest goes first; 0: none yet. POS: of the event at the thread's point stamp - 1. */
    int64_t priority[WIRE_THREADS];
    uint32_t stamp[WIRE_THREADS];
    int64_t lowest;
    uint32_t change_at[STRATEGY_CHANGES]; /* decisions, from 1 */
    uint32_t changes;

    bool walk;        /* FOCUS: at random among its threads, not by priorities */
    uint32_t missing; /* FOCUS: bit N: thread focus[N] has not been seen */
    uint64_t focused; /* decisions among them */

    uint32_t remaining[WIRE_THREADS]; /* SURW: interesting events */
    uint16_t intended;

    uint16_t turn_of; /* TURNS, WINDOWS: who has the turn */
    uint32_t left;    /* TURNS: of its quantum */
    bool turn_over;
    bool turned; /* a thread other than the first has had a step that counts */

    struct window windows[WINDOWS_MOST]; /* WINDOWS: the last was opened last */
    unsigned window_count, windows_most;
    uint32_t hold_chances; /* one of so many places is held at */
    bool any_object, loads_too, mixed;
    uint16_t let_go; /* and it is not held again at this point of its own */
    uint32_t let_go_at;
};

struct choice {
    uint16_t current;
    const struct candidate *candidates;
    unsigned count;
    uint16_t open[WIRE_THREADS]; /* indices of the candidates to choose from, ascending */
    unsigned opens;              /* at least 2 */
};

/* The index of the thread's candidate, or STRATEGY_NONE. */
unsigned strategy_find(uint16_t thread, const struct candidate *candidates, unsigned count);
/* Leaves open only those in the focus, or only those out of it; false, and nothing is changed, where there are none. */
bool strategy_narrow(const struct strategy *strategy, struct choice *choice, bool focus);
/* One of those that are open, each as likely. */
unsigned strategy_any(struct strategy *strategy, const struct choice *choice);

void pct_begin(struct strategy *strategy);
unsigned pct_choose(struct strategy *strategy, const struct choice *choice);
/* `number`: of the decision, from 1. */
unsigned pct_highest(struct strategy *strategy, const struct choice *choice, uint64_t number);
unsigned pos_choose(struct strategy *strategy, const struct choice *choice);
void focus_begin(struct strategy *strategy);
unsigned focus_choose(struct strategy *strategy, struct choice *choice);
void surw_begin(struct strategy *strategy);
unsigned surw_choose(struct strategy *strategy, const struct choice *choice);
/* Keeps SURW's books; for every point that is passed, decided by it or not. */
void surw_passed(struct strategy *strategy, const struct candidate *candidate);

void turns_begin(struct strategy *strategy);
unsigned turns_choose(struct strategy *strategy, struct choice *choice);
void turns_passed(struct strategy *strategy, const struct candidate *candidate);
void windows_begin(struct strategy *strategy);
unsigned windows_choose(struct strategy *strategy, const struct choice *choice);
void windows_passed(struct strategy *strategy, const struct candidate *candidate);

#endif
