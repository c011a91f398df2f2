/* The result of a check for a terminal or a pipe. */
#ifndef RACELAB_PRESENT_CHECK_H
#define RACELAB_PRESENT_CHECK_H

#include "judge/bug.h"
#include "present/style.h"

struct check_options {
    bool brief; /* of each bug its sentence alone */
    bool raw;   /* also what each detector said of it first, in its own words */
    source_line_fn
        *line;  /* gives the source around a site (present/source.h); NULL: none is shown */
    void *user; /* for `line` */
};

/*
 * Every bug that is not known, in their order: its sentence, who saw it and who was silent, why; the
 * source around its sites, who called them, where the threads were made; of a hang, who waits for whom;
 * a hint. Of bugs on the same object the first alone, unless `raw` is asked for. Then what each detector did, what was skipped or went wrong, and one line that says it all.
 *
 * What comes from programs and tools cannot steer the terminal, nor forge a line of its own.
 */
void check_print(FILE *out, const struct style *style, const struct inspection *inspection,
                 const struct bugs *bugs, const struct check_options *options);

/* What check_print() has below the sentence of one bug, as to a pipe. `options->brief` makes no
 * difference. */
void check_print_body(FILE *out, const struct inspection *inspection, const struct bugs *bugs,
                      size_t index, const struct check_options *options);

#endif
