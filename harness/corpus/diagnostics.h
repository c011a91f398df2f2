/* Reads what gcc or clang prints of a source. */
#ifndef RACELAB_CORPUS_DIAGNOSTICS_H
#define RACELAB_CORPUS_DIAGNOSTICS_H

#include "corpus/complaint.h"

#include <stdbool.h>

enum { DIAGNOSTICS_MOST = 10 /* complaints of one compilation */ };

/*
 * Adds a complaint for each `FILE:LINE:COLUMN: warning: TEXT` (or `error`) in the compiler's output, at
 * most DIAGNOSTICS_MOST; where there is none and the compilation failed or printed anything, one of
 * the source as a whole. `compiler` is its name.
 */
void diagnostics_read(const char *compiler, const char *source, const char *output, bool failed,
                      struct complaints *complaints);

#endif
