/* Results of searches built by hand, for the tests of their presenters. */
#ifndef RACELAB_PRESENT_EXPLORATION_FIXTURE_H
#define RACELAB_PRESENT_EXPLORATION_FIXTURE_H

#include "model/exploration.h"

/*
 * Two threads that move money in opposite directions and lock the accounts in opposite orders: 2 preemptions, a loop
 * that is folded, a deadlock at the end; a third thread has no part in it. Its source is bank.c, of fixture_bank_line().
 */
void fixture_deadlock(struct exploration *exploration);
/* The same program's failed assertion: a fatal step, places of a library, no source for some. */
void fixture_assertion(struct exploration *exploration);
/* `threads` threads with a step each, and `steps` steps in all, a switch after each ten. */
void fixture_crowd(struct exploration *exploration, size_t threads, size_t steps);
/* HOSTILE and MARKUP in every text. */
void fixture_hostile_exploration(struct exploration *exploration);
/* Nothing failed. */
void fixture_calm(struct exploration *exploration);

/* Lines 1 to 60 of bank.c; NULL behind them. Static. */
const char *fixture_bank_line(int line);

#endif
