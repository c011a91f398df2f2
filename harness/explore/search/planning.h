/*
 * How the plans of one round are made; what search.c and planning.c share.
 */
#ifndef RACELAB_EXPLORE_PLANNING_H
#define RACELAB_EXPLORE_PLANNING_H

#include "explore/search/bounded.h"
#include "explore/search/flips.h"
#include "explore/search/knowledge.h"
#include "explore/search/random.h"
#include "explore/search/search.h"
#include "explore/search/trails.h"

enum { ROUND_MOST = 32 };

/* One run of a round. All that its plan has is made when the round begins. */
struct slot {
    struct wire_plan plan;
    struct wire_segment *guide;
    size_t segments;
    const char *name;
    bool bounded; /* the rest is in the bounded search's round */
    size_t bounded_index;
};

struct search {
    struct search_options options;
    size_t round;
    size_t planned; /* runs so far, and of them those of the mix but for the search in order */
    size_t mixed;
    size_t turns; /* plans of turns so far */
    struct slot slots[ROUND_MOST];
    size_t slot_count;
    uint64_t *filter; /* of this round's filtered runs */
    size_t filter_count;
    struct knowledge knowledge;
    struct flips flips;
    struct trails trails;
    struct random_source learning;
    struct bounded *bounded; /* NULL: not asked for */
};

/* Seed, limits and flags, which all plans have. */
void planning_begin(struct search *search, struct slot *slot);
/* The plan of a mixed search with this number, from 0. */
void planning_mixed(struct search *search, struct slot *slot);
/* What the search in order does not fill in: the same for all of its runs. */
void planning_in_order(const struct search *search, struct slot *slot);
/* The plan of a search with one strategy. */
void planning_one(struct search *search, struct slot *slot);

#endif
