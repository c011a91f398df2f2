/* The parts of `racelab explore`. */
#ifndef RACELAB_CLI_EXPLORE_H
#define RACELAB_CLI_EXPLORE_H

#include "cli/outputs.h"
#include "cli/subject.h"
#include "explore/session.h"
#include "judge/inspection.h"

/* What a CASE is built with, beside what every source is. */
#define EXPLORE_CORPUS_FLAGS "-std=gnu17 -UNDEBUG"

/* What is to be explored, and how. Strings are borrowed from the command line. */
struct exploring {
    struct subject subject; /* its one source may be a CASE of the corpus instead */
    const char *given_plain;
    struct search_options search;
    size_t schedules;
    uint64_t time_ms;
    uint64_t limit_ms;
    unsigned jobs; /* 0: as many as processors */
    bool keep_going;
    bool no_tsan;
    const char *schedule_file; /* NULL: made from the name */
    const char *json;          /* files; "-" is standard output; NULL: not wanted */
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
    char *file;   /* of the schedule */
    struct session_spec spec;
    struct session *session;
    struct session_result result;
    struct session_minimal minimal; /* of `shown` */
    const struct session_case
        *shown; /* the schedule that is told: the first that failed, or one with a race; NULL */
    struct inspection inspection; /* the replays */
    struct exploration exploration;
};

/* In explore_replay.c. Runs the schedules that were found under the watchdog and under ThreadSanitizer, and gathers what they say in
 * the inspection. Where nothing else failed and ThreadSanitizer confirms a race, that is minimised and becomes `shown`. Returns 0, a
 * signal's number or a negative errno. */
int explore_replay(struct explored *explored);
/* Writes a block for one run of this guide at `path`; `flags` are for its plan. From block_open(); NULL after a message. */
struct wire_block *explore_block(const char *path, const struct wire_segment *guide, size_t length,
                                 unsigned flags);

/* In explore_show.c. Fills the exploration; call once, at the end. */
void explore_fill(struct explored *explored, int interrupted);
/* Prints and writes all that was found. An enum exit_status. */
int explore_show(struct explored *explored);

#endif
