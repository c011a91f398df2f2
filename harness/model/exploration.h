/*
 * What the search through a program's schedules gave: how many were tried, and one that fails, step by step.
 * Plain data, no I/O.
 */
#ifndef RACELAB_MODEL_EXPLORATION_H
#define RACELAB_MODEL_EXPLORATION_H

#include "model/explanation.h"
#include "model/finding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A thread of a schedule, a column of its table. */
struct schedule_thread {
    char *label;    /* "main", "thread 'payer'", "thread 2" */
    char *function; /* that it runs; NULL: unknown */
    size_t parent;  /* NO_INDEX: the first thread */
    struct place created;
    bool ended;
    /* Where it stood when the run ended: waiting before this operation; NULL: it had ended or was going on. */
    char *waits; /* "lock `account.lock`" */
    struct place waits_at;
};

/* A step of a schedule, a row of its table. */
struct schedule_step {
    size_t thread;
    char *operation;    /* "write", "lock", "signal": see wire_op_word() */
    char *object;       /* "`visitors`", "`bank.lock`"; NULL: unknown or none */
    struct place place; /* in the program's own code; line 0: unknown */
    char *source;       /* that line's text, without the blanks around it; NULL: not to be had */
    bool
        preempted; /* the thread before could have gone on here, and did not: this is a choice that the failure needs */
    bool late;     /* a time limit passed, or a spurious wake-up */
    bool failed;   /* a try that did not succeed */
    bool fatal;    /* where the run failed; the last step of the thread that failed */
    char *takes;   /* the lock that it has from now on: "`bank.lock`"; NULL: none */
    char *gives;   /* the lock that it lets go of; NULL: none */
    uint32_t
        points; /* how many points of this thread the row stands for: equal neighbours on one line
                           that nobody else's step comes between are one row. 0: no point, the place
                           where the run failed */
    struct {
        size_t rows;  /* so many rows, this one the last of them, came again; 0: they did not */
        size_t times; /* how many times more; those are left out of the table */
    } again;
};

/* The part of a schedule that a run must follow: see struct wire_segment, which this repeats for files. */
struct schedule_turn {
    size_t thread;
    uint32_t until;
};

/* One schedule that fails. */
struct schedule {
    char *program;    /* path; of the corpus: "buggy/FAMILY/CASE" */
    char **arguments; /* NULL-terminated; NULL: none */
    char *flavour;    /* "plain" or "explore": the build that its points were counted in */
    char *build;      /* identity of that build, hexadecimal: a schedule fits no other */
    uint64_t seed;    /* of the search */
    size_t number;    /* of the schedule in the search, from 1 */
    char *strategy;   /* that found it */
    unsigned flags;   /* enum wire_plan_flag: WIRE_SPURIOUS, WIRE_BUFFERED */
    struct schedule_turn *turns;
    size_t turn_count;
    size_t preemptions;       /* of the minimised schedule */
    size_t found_preemptions; /* as it was found */
    bool fewest;              /* proved: no schedule with fewer preemptions fails in the same way */
    struct schedule_thread *threads;
    size_t thread_count;
    struct schedule_step *steps; /* the table; empty where only the turns are kept */
    size_t step_count;
};

/* How a schedule failed. */
enum failure {
    FAILURE_NONE,
    FAILURE_DEADLOCK,
    FAILURE_ASSERT,
    FAILURE_CRASH,  /* a signal */
    FAILURE_STATUS, /* a nonzero exit status */
    FAILURE_LIVELOCK,
    FAILURE_DESTROYED,
    FAILURE_FREED,
    FAILURE_RACE, /* reported by ThreadSanitizer in the run of this schedule */
};
#define FAILURE_COUNT 9
const char *failure_word(enum failure failure);

struct exploration_tally { /* by strategy */
    char *strategy;
    size_t schedules, failed;
};

struct exploration {
    char *program;
    uint64_t seed;
    size_t schedules; /* run, minimising and replays not counted */
    size_t asked;     /* --schedules; 0: only the time limits */
    size_t failed;    /* of them, how many failed in whatever way */
    size_t too_long;  /* of them, how many were cut off at the limit of points */
    uint64_t elapsed_ms;
    struct exploration_tally *tallies;
    size_t tally_count;
    int exhausted; /* all schedules with at most so many preemptions were tried; -1: none */
    size_t exhausted_schedules; /* how many these were */
    bool exhausted_all;         /* there are none with more */
    char **lost;                /* why determinism is lost: one sentence each, with the place */
    size_t lost_count;
    char **remarks; /* what else the user should know */
    size_t remark_count;
    enum failure failure; /* of `schedule` */
    char *sentence; /* what fails, in one sentence: "assert(balance == 200) fails at bank.c:51" */
    struct schedule schedule; /* the first that failed, minimised; program NULL: none */
    struct findings findings; /* of the replay of it: the plain program's, then ThreadSanitizer's */
    struct explanation explanation; /* of its deadlock; all zero where there is none */
    bool replayed_tsan;             /* the schedule was also run under ThreadSanitizer */
};

void schedule_release(struct schedule *schedule);
void exploration_release(struct exploration *exploration);

#endif
