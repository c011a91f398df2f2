/* The checks that corpus/lint.h is made of; for it alone. Each adds what it finds wrong. */
#ifndef RACELAB_CORPUS_LINT_CHECKS_H
#define RACELAB_CORPUS_LINT_CHECKS_H

#include "corpus/corpus.h"
#include "corpus/diff.h"
#include "corpus/token.h"

/* A pair and its twins, cut up. */
struct lint {
    const struct corpus *corpus;
    const struct pair *pair;
    struct {
        struct tokens tokens;
        struct text_lines lines;
    } twin[2]; /* by polarity */
    struct complaints *complaints;
};

/* Complains of one twin. */
void lint_add(const struct lint *lint, enum polarity polarity, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Lower-case letters, digits and `_`, a letter first. */
bool lint_is_name(const char *name);
/* Whether some promise of this kind is of this defect. */
bool lint_promises(const struct lint *lint, enum promise_kind kind, enum defect defect);

/* The header comment: the same in both twins, its title, stations, CWE and CERT entries, and which of
 * the optional keys must stand there. */
void lint_header(const struct lint *lint);
/* Length, columns and white space of one twin. */
void lint_text(const struct lint *lint, enum polarity polarity);
/* That the twins differ by the fix alone. */
void lint_fix(const struct lint *lint);
/* That nothing sleeps where an order is needed, or says why. */
void lint_sleep(const struct lint *lint, enum polarity polarity);
/* That no name or string tells what is wrong. */
void lint_giveaway(const struct lint *lint, enum polarity polarity);
/* Of a change: its name, and how much it changes. */
void lint_change(const struct lint *lint);
/* Of a pair: that the changes beside it are of every kind that a review needs. */
void lint_changes_of(const struct lint *lint);
/* That the promises are complete, and the program can keep them. */
void lint_promised(const struct lint *lint);

#endif
