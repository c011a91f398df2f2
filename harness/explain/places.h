/*
 * The places that unwound frames stand at, and which of them are the program's own.
 */
#ifndef RACELAB_EXPLAIN_PLACES_H
#define RACELAB_EXPLAIN_PLACES_H

#include "explain/code/image.h"

/* Owns its places. */
struct place_list {
    struct place *items;
    size_t count;
};

/* The places of each program counter that was looked up: many threads stand at the same one. May
 * start as all zero. */
struct place_cache {
    struct placed {
        uint64_t pc;
        bool after_call;
        struct place_list list;
    } * items;
    size_t count;
};

/* Adds the places of one frame: more than one where functions were inlined. */
void places_add(struct place_cache *cache, struct image *image, const struct frame_state *frame,
                struct place_list *list);
void place_list_release(struct place_list *list);
void place_cache_release(struct place_cache *cache);

/*
 * The innermost place of the program's own code: with `own_source`, the first whose file begins with
 * that; else the first with a line that is neither of the C library nor of a tool's runtime, and
 * without any such, the first without a line. NO_INDEX where there is none.
 */
size_t places_own(const struct place_list *list, const char *own_source);

#endif
