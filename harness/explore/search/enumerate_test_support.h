/*
 * For tests of searches: the simulated program's every schedule, without any reduction, and what makes two schedules
 * equal. Independent of what it checks.
 */
#ifndef RACELAB_EXPLORE_ENUMERATE_TEST_SUPPORT_H
#define RACELAB_EXPLORE_ENUMERATE_TEST_SUPPORT_H

#include "explore/search/simulate_test_support.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Classes of schedules: each with the fewest preemptions that one of it was seen with. */
struct classes {
    struct class {
        uint64_t signature;
        unsigned preemptions;
    } * items;
    size_t count;
    size_t schedules; /* that were run */
};

/* Equal for two runs where the same steps were taken, those in conflict in the same order, and the same came of it. */
uint64_t signature_of(const struct wire_block *block);
void classes_add(struct classes *classes, uint64_t signature, unsigned preemptions);
const struct class *classes_find(const struct classes *classes, uint64_t signature);
size_t classes_up_to(const struct classes *classes, unsigned preemptions);
void classes_free(struct classes *classes);

/* Whether the thread of the step before `at` could have gone on there. */
bool could_go_on(const struct wire_step *steps, size_t at);

/* Runs all schedules with at most `bound` preemptions, each step's every candidate; false: these are more than `most`. */
bool enumerate(const struct sim_program *program, unsigned bound, size_t most,
               struct wire_block *block, struct classes *classes);

/* A program made from a seed: some threads with a few operations each on few objects, or with conditions. Until the next call. */
const struct sim_program *random_program(uint64_t seed);

#endif
