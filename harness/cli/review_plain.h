/* What the line mode of a review shows: code with its numbers first, patches by their letters. */
#ifndef RACELAB_CLI_REVIEW_PLAIN_H
#define RACELAB_CLI_REVIEW_PLAIN_H

#include "cli/review.h"

void plain_print_program(struct review *review);
void plain_print_change(const char *diff);
void plain_print_classes(void);
void plain_print_option(const struct round *round, size_t option);
/* What there is to look at in this stage. */
void plain_print_stage(struct review *review);

#endif
