/* The key to a session of reviews, for whoever leads it. */
#ifndef RACELAB_PRESENT_REVIEW_KEY_H
#define RACELAB_PRESENT_REVIEW_KEY_H

#include "present/style.h"
#include "review/round.h"

#include <stdio.h>

/* Of each round whether to accept it, what it is and whence, the lines, the kind of bug, and every patch that is offered with the
 * reason why it is right or wrong. */
void review_key_print(FILE *out, const struct style *style, const struct rounds *rounds);

#endif
