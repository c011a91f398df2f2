/*
 * Numbers that a seed chooses, the same on every machine: SplitMix64, as Sebastiano Vigna published it in 2015
 * (https://prng.di.unimi.it/splitmix64.c). The C library's rand() differs from one to the next.
 */
#ifndef RACELAB_REVIEW_DICE_H
#define RACELAB_REVIEW_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state; /* the seed at first; any value is good */
};

uint64_t dice_next(struct dice *dice);
/* From 0 to below `count`, each as likely; `count` is at least 1. */
size_t dice_below(struct dice *dice, size_t count);
/* All orders as likely. */
void dice_shuffle(struct dice *dice, size_t *items, size_t count);

#endif
