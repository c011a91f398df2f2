/* What becomes of an inspection's result: the options of `check` and `read` for that, and the writing. */
#ifndef RACELAB_CLI_OUTPUTS_H
#define RACELAB_CLI_OUTPUTS_H

#include "judge/inspection.h"

#include <argp.h>
#include <stdio.h>

struct outputs {
    const char *json; /* files; "-" is standard output; NULL: not wanted */
    const char *sarif;
    const char *junit;
    const char *html;
    const char *baseline;
    const char *root;    /* as given; NULL: the working directory */
    char **fingerprints; /* of the baseline's bugs */
    size_t fingerprint_count;
    bool brief;
    bool raw;
};

/* For a subcommand's argp as a child; its input is a struct outputs. */
extern const struct argp outputs_argp;

/* After parsing: reads the baseline. Returns STATUS_KEPT, or another status after a message. */
int outputs_open(struct outputs *outputs);
/* Where people read: standard output, or standard error where a file of the result goes there. */
FILE *outputs_for_people(const struct outputs *outputs);
/* The absolute folder that paths are told relative to; from malloc. */
char *outputs_root(const struct outputs *outputs);
/*
 * Merges the findings of all detectors, and shows and writes the bugs. Returns STATUS_KEPT where there
 * is none, or none that the baseline has not; STATUS_NOT_KEPT where there are; STATUS_OUTPUT after a
 * message where one could not be written.
 */
int outputs_show(const struct outputs *outputs, const struct inspection *inspection);
void outputs_release(struct outputs *outputs);

#endif
