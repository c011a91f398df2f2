/*
 * A review on its way, as the full screen and the line mode share it: what can be asked of it and answered, what is kept
 * and what is run. Neither mode judges anything; that is done in review/session.h.
 */
#ifndef RACELAB_CLI_REVIEW_H
#define RACELAB_CLI_REVIEW_H

#include "cli/cli.h"
#include "cli/review_events.h"
#include "cli/review_truth.h"
#include "present/review_page.h"
#include "review/session.h"
#include "review/store.h"

/* The command line. */
struct review_arguments {
    char **names; /* borrowed from argv */
    size_t name_count;
    uint64_t seed;
    size_t rounds;
    bool seeded;
    bool numbered;
    bool plain;
    bool goes_on;
    bool stats;
    bool reset;
    bool no_run;
};

/* Its input is a zeroed struct review_arguments with the default number of rounds. */
extern const struct argp review_argp;

struct review {
    struct events events;
    struct session session;
    struct session_origin origin;
    struct store *store;
    struct truth *truth; /* NULL: nothing is run */
    char *no_truth;      /* why, where it was wanted; or NULL */
    char *unkept;        /* the first thing that could not be kept, a sentence; or NULL */
    char *notice;        /* told before the first round; or NULL */

    /* What was asked of `truth`, of the round `asked`. */
    size_t asked;
    struct truth_job *program;
    struct truth_job *
        *options; /* as many as the round has, where they were asked for; NULL before */
    size_t option_count;
    struct truth_job *next; /* the program of the round after it */

    uint64_t
        since; /* ms; until then the time of the round is counted in its answer; 0: not running */
};

/* How a mode was left. */
enum review_end {
    REVIEW_DONE,   /* the last truth was read */
    REVIEW_LEFT,   /* by the user, or at the end of input */
    REVIEW_STRUCK, /* by a signal: see events.signal */
    REVIEW_UNFIT,  /* the screen: the terminal cannot be written to everywhere */
};

enum review_end review_screen(struct review *review);
enum review_end review_plain(struct review *review);

/* In review_act.c. */

/* Asks for what should be run now; after the first sight of a round and after each answer. */
void review_ask(struct review *review);
/* Nothing is to be run any more. */
void review_unask(struct review *review);
/* The trainee is at work, or was: the time until now counts, but not that of a stop before `review_restart_clock()`. */
void review_clock(struct review *review);
void review_restart_clock(struct review *review);

/* Each as in review/session.h; what is answered is kept. */
bool review_judge(struct review *review, enum review_verdict verdict);
bool review_lines(struct review *review);
bool review_classify(struct review *review, enum defect defect);
bool review_pick(struct review *review, size_t option);
bool review_next(struct review *review);
const char *review_hint(struct review *review);

/* Whether anything was answered. Before, what another session has left is not written over. */
bool review_begun(const struct review *review);
/* Keeps what was begun and not answered yet. */
void review_leave(struct review *review);

/* What the stage asks, a sentence; from malloc. */
char *review_question(struct review *review);
/* The truth of the round, as far as it is there. */
void review_truth_page(struct review *review, struct page *page);
/* Whether there is more of it to come. */
bool review_awaits(const struct review *review);

#endif
