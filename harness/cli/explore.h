/* The search for a schedule that fails, as `racelab explore`, `racelab check` and `racelab run` have it. */
#ifndef RACELAB_CLI_EXPLORE_H
#define RACELAB_CLI_EXPLORE_H

#include "cli/outputs.h"
#include "cli/subject.h"
#include "explore/session.h"
#include "judge/inspection.h"

/* What a CASE is built with, beside what every source is. */
#define EXPLORE_CORPUS_FLAGS "-std=gnu17 -UNDEBUG"

/* What a search does where nothing else is said. */
#define EXPLORE_SCHEDULES 1000u
#define EXPLORE_LIMIT_MS  UINT64_C(10000) /* of each run */

/* What is to be explored, and how. Strings are borrowed from the command line. */
struct exploring {
    struct subject
        subject; /* as it was given; its one source may be a CASE of the corpus instead */
    const char *given_plain;
    struct search_options search;
    uint64_t points; /* as in struct session_spec */
    size_t schedules;
    uint64_t time_ms;
    uint64_t limit_ms;
    unsigned jobs; /* 0: as many as processors */
    bool keep_going;
    bool no_tsan;
    bool progress; /* is shown on standard error, where that is a terminal */
    const char *suppressions[SUPPRESSION_KINDS]; /* absolute; NULL: none */
    const char *schedule_file;                   /* NULL: made from the name */
    const char *json; /* files; "-" is standard output; NULL: not wanted */
    const char *html;
};

/* Its input is a struct exploring with the defaults. */
extern const struct argp explore_argp;

/* One program on its way through the search. */
struct explored {
    const struct lab *lab;
    const struct exploring *exploring;
    struct subject *subject;
    char *name;    /* as it is told: the sources, the program, or "buggy/FAMILY/CASE" */
    char *program; /* that is searched: subject->program[] of its flavour */
    enum flavour flavour;
    char *folder; /* for builds and blocks; from report_dir_make() */
    char *file;   /* of the schedule; NULL: none is written */
    struct session_spec spec;
    struct session *session;
    struct session_result result;
    struct session_minimal minimal; /* of `shown` */
    const struct session_case
        *shown; /* the schedule that is told: the first that failed, or one with a race; NULL */
    struct inspection inspection; /* the replays */
    struct exploration exploration;
};

/* In explore_search.c. Signals that end racelab wait from now on, or no longer: a session and a batch of runs take them. */
void explore_hold_signals(bool hold);
/* Why the scheduler cannot be preloaded into this program, a sentence from malloc; NULL where it can. */
char *explore_unfit(const char *program);
/* "bank.c" gives "bank.schedule.json" in the working folder, with what tells the twin before the dot; from malloc. */
char *explore_schedule_name(const char *name, const char *twin);
/* Sets `spec` from the rest, which is set already but for what is found. Returns 0, or a negative errno after a message where the
 * scheduler is not installed. */
int explore_prepare(struct explored *explored);
/* Opens the session, in place of the one before, and searches; what was found before must have been taken. Returns as
 * session_search(). */
int explore_search(struct explored *explored);
/* All of it but the exploring, the subject and the lab. */
void explore_release(struct explored *explored);

/* In explore_replay.c. Runs the schedules that were found under the watchdog and under ThreadSanitizer, and gathers what they say in
 * the inspection. Where nothing else failed and ThreadSanitizer confirms a race, that is minimised and becomes `shown`. Returns 0, a
 * signal's number or a negative errno. */
int explore_replay(struct explored *explored);
/* Writes a block for one run of this guide at `path`; `flags` are for its plan. From block_open(); NULL after a message. */
struct wire_block *explore_block(const char *path, const struct wire_segment *guide, size_t length,
                                 unsigned flags);

/* In explore_fill.c. Fills the exploration; call once, at the end. */
void explore_fill(struct explored *explored, int interrupted);
/* What the watchdog saw of the failure itself, owned by the inspection; NULL: nothing. */
struct explanation *explore_explanation(struct explored *explored);

/* In explore_show.c. Writes the schedule that is shown to its file. Returns 0, or a negative errno after a message. */
int explore_keep(const struct explored *explored);
/* How that schedule is run again; from malloc. */
char *explore_replay_command(const struct explored *explored);
/* Prints and writes all that was found. An enum exit_status. */
int explore_show(struct explored *explored);

#endif
