/* The options of every subcommand that runs a part of the matrix, and that run. */
#ifndef RACELAB_CLI_CHOICE_H
#define RACELAB_CLI_CHOICE_H

#include "cli/cli.h"
#include "judge/matrix.h"

struct choice {
    const struct detector **columns;
    size_t column_count;
    char **names; /* CASE or FAMILY; borrowed from argv */
    size_t name_count;
    unsigned jobs;
    size_t schedules; /* of a detector that searches */
    bool steps;       /* see struct runner_options */
    bool changes;     /* not pairs, but the changes beside them */
    uint64_t time_limit_ms;
};

/* For a subcommand's argp as its only child; its input is a struct choice. */
extern const struct argp choice_argp;

/* The number that the text is; ends the process with a message where it is none from 1 to `most`. */
unsigned choice_number(const struct argp_state *state, const char *text, unsigned most,
                       const char *what);
/* Adds the detector of this name to a list, once; ends the process with a message where there is none. */
void detectors_add(const struct detector ***list, size_t *count, const char *name,
                   const struct argp_state *state);
void choice_init(struct choice *choice);
/* After parsing: where no detector was named, all. */
void choice_complete(struct choice *choice);
void choice_release(struct choice *choice);

/* Loads the corpus and chooses the pairs that `choice` names, to run them; refuses ones with complaints,
 * and where no built programs are known. Returns STATUS_KEPT, or another status after a message; both
 * are to be released in every case. */
int choice_load(const struct lab *lab, const struct choice *choice, struct corpus *corpus,
                struct selection *selection);

/*
 * Makes the matrix of these pairs and runs all of it, with progress on standard error where that is a
 * terminal (`what` stands before it). Returns STATUS_KEPT, whatever the verdicts; another status after
 * a message where it could not run or was interrupted. The matrix is to be released in every case.
 */
int choice_run(const struct lab *lab, const struct choice *choice,
               const struct selection *selection, const char *what, struct matrix *matrix);

#endif
