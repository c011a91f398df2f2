/*
 * A finding of a user's own program as one sentence: paths relative to the inspection's root, threads,
 * functions, locks held where they are known, and no address. Pure functions.
 *
 * finding_sentence() of the model is the shorter one of the corpus, whose programs are one file each.
 */
#ifndef RACELAB_JUDGE_SENTENCE_H
#define RACELAB_JUDGE_SENTENCE_H

#include "judge/inspection.h"

#include <stdio.h>

/* `object` is the name to use; NULL: unknown. From malloc. */
char *bug_sentence(const struct inspection *inspection, const struct finding *finding,
                   const char *object);
/* Writes "src/gate.c:27", ":30" where `before` (or NULL) is in the same file, or "an unknown line". */
void write_place(FILE *out, const struct inspection *inspection, const struct site *site,
                 const struct site *before);
/* " in gate()"; nothing where the function is unknown. */
void write_function(FILE *out, const char *function);
/* "thread 2"; "a thread" where it is unknown. */
const char *site_thread(const struct site *site);
/* Whether the site's locks have names of the source, not only numbers of the tool ("M12"). */
bool site_names_locks(const struct site *site);

#endif
