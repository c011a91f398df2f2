/*
 * The detectors: one table row each. A row says what build of a program a detector runs, how it is
 * started, what kinds of defect it can see at all, and how its report is read into findings.
 *
 * A new detector is a row in detect.c and a file with its functions; nothing else knows detectors
 * by name. All functions here are for one thread (the one that runs the supervisor's loop).
 */
#ifndef RACELAB_DETECT_DETECT_H
#define RACELAB_DETECT_DETECT_H

#include "model/explanation.h"
#include "model/finding.h"
#include "supervise/supervise.h"

#include <stdbool.h>

/* How a program was built; the last two are the scheduler's (see explore/runtime/flavour.h), which no detector runs by
 * itself. */
enum flavour {
    FLAVOUR_PLAIN,
    FLAVOUR_TSAN,
    FLAVOUR_TSAN_GCC,
    FLAVOUR_EXPLORE,
    FLAVOUR_EXPLORE_TSAN,
};
#define FLAVOURS 5

/* "plain", "tsan", "tsan-gcc", "explore", "explore-tsan": the folders of the built programs. */
const char *flavour_word(enum flavour flavour);

/* Whose suppressions a file holds. */
enum suppression_kind { SUPPRESS_TSAN, SUPPRESS_VALGRIND };
#define SUPPRESSION_KINDS 2

/* A command line under construction: both lists end with NULL and own their strings. */
struct command {
    char **argv;
    size_t argc;
    char **env;
    size_t env_count;
};

void command_add(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void command_set(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void command_release(struct command *command);

/* One program to run. */
struct target {
    const char *program;          /* path of the executable */
    const char *const *arguments; /* of it, ended by NULL; NULL: none */
    const char *const *env;       /* "NAME=VALUE", ended by NULL; NULL: none */
    const char *input;            /* file that it reads as its standard input; NULL: nothing */
    const char *recorder;         /* path of the recorder that notes locks, preloaded; NULL: none */
    const char *preload;          /* a further library, preloaded before it; NULL: none */
    const char
        *own_source; /* a program of the corpus: frames whose file begins with this are its own
                               code, and the witness is linked in. NULL: somebody's program, whose own
                               code is all that is not foreign (see model/stack.h) */
    const char *report_dir;                      /* empty directory for this run's reports */
    const char *suppressions[SUPPRESSION_KINDS]; /* files, absolute; NULL: none */
    const int *ok_status;                        /* exit statuses that are as good as 0 */
    size_t ok_status_count;
    bool readable; /* ask the tool for its report for people, not for the reader */
};

/* Adds the program and its arguments, behind what the tool wants. */
void command_add_program(struct command *command, const struct target *target);

/* What one run under one detector gave. */
struct report {
    struct findings findings;       /* of the detector, then those of the run's own ending */
    struct explanation explanation; /* of a hang; all zero where nobody looked */
    char *version;                  /* of the detector, as it or the program tells; or NULL */
    char *trouble;                  /* why this run proves nothing (one sentence), or NULL */
    bool concurrent;                /* the program made at least one more thread or process */
};

struct detector {
    const char *name;
    enum flavour flavour;
    unsigned sees;       /* bit 1u << enum defect: kinds it can report */
    bool atomics;        /* it takes C11 atomics for the order between threads that they make */
    const char *nature;  /* why it reports no others: the reason of a blind cell without promises */
    const char *tool;    /* the executable it needs besides the program, to run or to build it, or
                            NULL */
    const char *package; /* the Debian package of that tool; NULL without tool */
    /* Adds the tool's part, the program and the environment. */
    void (*command)(const struct target *target, struct command *command);
    /* Reads every report file of target->report_dir into report->findings. Sets report->trouble
     * where the run does not prove that the detector was at work. */
    void (*read)(const struct target *target, const struct run_outcome *outcome,
                 struct report *report);
};

extern const struct detector detectors[];
extern const size_t detector_count;

/* The row of this name, or NULL. */
const struct detector *detector_find(const char *name);
/* The names of all detectors, ended by NULL; static. */
const char *const *detector_names(void);
bool detector_sees(const struct detector *detector, enum defect defect);
/* Why the detector cannot run on this machine with this program (a sentence from malloc), or NULL
 * where it can. Looks at PATH only. */
char *detector_unavailable(const struct detector *detector);
/* Why this program is no fit subject (not built, without the sanitizer's runtime; one of the corpus
 * also: older than its source, without debug info), as a sentence from malloc; or NULL. */
char *detector_unfit(const struct detector *detector, const struct target *target);
/* What the detectors cannot tell of this program that they could of another build of it, as a sentence
 * from malloc; or NULL. */
char *program_lacks(const char *program);

/* Reads a finished run: the tool's report, then how the run ended. Takes over what *explanation
 * holds and leaves it empty. Release with report_release(). */
void detector_report(const struct detector *detector, const struct target *target,
                     const struct run_outcome *outcome, struct explanation *explanation,
                     struct report *report);
void report_release(struct report *report);

/* The path of an executable found in PATH, from malloc; NULL where there is none. */
char *find_in_path(const char *name);

#endif
