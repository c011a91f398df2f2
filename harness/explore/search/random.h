/*
 * One generator for both sides: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Small, fast, and the same seed
 * gives the same numbers everywhere. Header only: it is also used inside the program under control.
 */
#ifndef RACELAB_EXPLORE_RANDOM_H
#define RACELAB_EXPLORE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random_source {
    uint64_t state; /* the seed; any value will do */
};

static inline uint64_t random_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline uint64_t random_next(struct random_source *source)
{
    return random_mix(source->state += 0x9e3779b97f4a7c15u);
}

/* 0 to bound - 1; `bound` is below 2^32 and at least 1. The bias is below 2^-32. */
static inline uint32_t random_below(struct random_source *source, uint32_t bound)
{
    return (uint32_t)(((random_next(source) >> 32) * bound) >> 32);
}

/* True once in `chances`; never where that is 0. */
static inline bool random_once_in(struct random_source *source, uint32_t chances)
{
    return chances && random_below(source, chances) == 0;
}

#endif
