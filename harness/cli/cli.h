/*
 * What the subcommands of racelab share. Each subcommand is a file with one function here; it gets
 * argc/argv from its own name on, parses them with argp, and returns the process's exit status.
 */
#ifndef RACELAB_CLI_CLI_H
#define RACELAB_CLI_CLI_H

#include "corpus/corpus.h"
#include "detect/detect.h"

#include <argp.h>

enum exit_status {
    STATUS_KEPT = 0,     /* all promises kept */
    STATUS_NOT_KEPT = 1, /* at least one cell is missed, unexpected or newly seen */
    STATUS_USAGE = 2,    /* the command line is wrong */
    STATUS_FAILED = 3,   /* a detector failed, or the lab itself could not work */
    STATUS_CORPUS = 4,   /* the corpus is wrong: annotations, twins, headers */
    STATUS_OUTPUT = 5,   /* a result could not be written */
    STATUS_BUILD = 6,    /* a user's program could not be built */
    STATUS_SKIPPED = 77, /* nothing could run here: ctest's SKIP_RETURN_CODE */
};

/* The default limit of one run. ctest's own limit lies above two of them. */
#define RUN_TIME_LIMIT_MS UINT64_C(60000)

/* Where things are; set by main before a subcommand runs. */
struct lab {
    const char *root;         /* holds buggy/ and fixed/ */
    const char *programs;     /* holds FLAVOUR/POLARITY/FAMILY/CASE; "" where none is known */
    const char *keeper;       /* the supervisor's keeper executable */
    const char *recorder;     /* the library that notes locks in a plain program */
    const char *runtime;      /* the scheduler that is preloaded, racelab-explore.so */
    const char *hooks;        /* what a program of flavour explore is linked with */
    const char *runtime_tsan; /* the same of explore-tsan */
};

int cli_list(const struct lab *lab, int argc, char **argv);
int cli_show(const struct lab *lab, int argc, char **argv);
int cli_roadmap(const struct lab *lab, int argc, char **argv);
int cli_run(const struct lab *lab, int argc, char **argv);
int cli_soak(const struct lab *lab, int argc, char **argv);
int cli_score(const struct lab *lab, int argc, char **argv);
int cli_lint(const struct lab *lab, int argc, char **argv);
int cli_raw(const struct lab *lab, int argc, char **argv);
int cli_check(const struct lab *lab, int argc, char **argv);
int cli_read(const struct lab *lab, int argc, char **argv);
int cli_watch(const struct lab *lab, int argc, char **argv);
int cli_explore(const struct lab *lab, int argc, char **argv);
int cli_replay(const struct lab *lab, int argc, char **argv);
int cli_review(const struct lab *lab, int argc, char **argv);
int cli_doctor(const struct lab *lab, int argc, char **argv);

/* Prints "racelab: ..." to standard error. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Loads the corpus. Returns STATUS_KEPT, or another status after a message; release it in every
 * case. Complaints are left for selection_complain(). */
int cli_load(const struct lab *lab, struct corpus *corpus);

/* "tsan, helgrind, ...": every detector, for messages; from malloc. */
char *cli_detector_list(void);

/* A part of the corpus. */
struct selection {
    const struct pair **pairs; /* ordered as in the corpus, none twice */
    size_t count;
};

/* Chooses by names, each a CASE id or a FAMILY; no names choose all. Returns STATUS_KEPT, or
 * STATUS_USAGE after a message that names what is unknown. */
int selection_make(const struct corpus *corpus, char **names, size_t count,
                   struct selection *selection);
/* Chooses changes by names: each a CHANGE's id, or a CASE or FAMILY for all changes of it; no names choose all. Returns as
 * selection_make(). */
int selection_changes(const struct corpus *corpus, char **names, size_t count,
                      struct selection *selection);
/* Chooses the one pair of this id for `command`, and refuses one with complaints. Returns STATUS_KEPT,
 * or another status after a message. */
int selection_one(const struct corpus *corpus, char *name, const char *command,
                  struct selection *selection);
/* Prints the corpus's complaints about the selected pairs or changes (all, where all pairs are selected) as
 * "FILE:LINE: error: ..." and returns how many there were. */
size_t selection_complain(const struct selection *selection, const struct corpus *corpus);
void selection_release(struct selection *selection);

/* Whether a place of built programs is known. Returns STATUS_KEPT, or STATUS_FAILED after a message. */
int cli_need_programs(const struct lab *lab);
/* The executable of one twin; from malloc. */
char *cli_program(const struct lab *lab, const struct pair *pair, enum flavour flavour,
                  enum polarity polarity);

#endif
