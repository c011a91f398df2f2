/* For the tests of what is told of the rounds: a small corpus and finished rounds. */
#ifndef RACELAB_REVIEW_PROGRESS_FIXTURE_H
#define RACELAB_REVIEW_PROGRESS_FIXTURE_H

#include "review/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* In learning order, on which the tests build: race/counter and race/torn (threads), waiting/wakeup (locks), executor/pool
 * (pools), deadlock/cycle (bugs). Static. */
const struct corpus *made_corpus(void);

/* Finished rounds, one a day from 2026-11-01 12:00:00 UTC on; release them with records_release(). */
void add_innocent(struct records *records, const char *pair, bool accepted);
/* With a bug. `points` 0: accepted. Else rejected, with 2 of 4 lines wanted hit, by 3 marks; the class is right from
 * 50 points, the patch from 80 on. */
void add_guilty(struct records *records, const char *pair, unsigned points);

#endif
