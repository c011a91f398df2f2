/* The places of a finding with the source around them, for a terminal or a pipe. */
#ifndef RACELAB_PRESENT_SITES_H
#define RACELAB_PRESENT_SITES_H

#include "judge/bug.h"
#include "present/style.h"

/*
 * Every site: what the thread does there, the lines around it, and who called it; then where threads were
 * made, memory allocated and locks first seen. In two columns where the terminal has room for that.
 * `line` gives the source; NULL: there is none. Indented by three.
 */
void sites_print(FILE *out, const struct style *style, const struct inspection *inspection,
                 const struct finding *finding, source_line_fn *line, void *user);

#endif
