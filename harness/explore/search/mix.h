/*
 * Where the plans of a mixed search come from, in turn. The figures in harness/explore/README.md justify the shares.
 */
#ifndef RACELAB_EXPLORE_MIX_H
#define RACELAB_EXPLORE_MIX_H

#include <stdbool.h>
#include <stddef.h>

enum mix_source {
    MIX_RANDOM,
    MIX_PCT,
    MIX_POS,
    MIX_SURW,
    MIX_FOCUS,
    MIX_ORDER,
    MIX_ATOMICITY,
    MIX_DEADLOCK,
    MIX_TRAIL,
    MIX_TURNS,
    MIX_WINDOWS,
    MIX_SOURCES
};

struct mix_part {
    enum mix_source source;
    unsigned depth; /* of PCT */
};

/* The plan with this number, from 0. `many`: the program has more threads than can be told apart by chance. */
struct mix_part mix_part(size_t number, bool many);

#endif
