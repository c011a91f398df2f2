/*
 * For minimise.c: a schedule as blocks, each what one thread did without another between, and other orders of them.
 */
#ifndef RACELAB_EXPLORE_MINIMISE_BLOCKS_H
#define RACELAB_EXPLORE_MINIMISE_BLOCKS_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct block_run {
    uint16_t thread;
    uint32_t until; /* the thread's count of points at its end */
    size_t next;    /* its thread's next block; SIZE_MAX: none */
    bool preempted; /* its thread could have gone on behind it */
};

struct blocks {
    struct block_run *items;
    size_t count;
    size_t *preemptions; /* blocks that are preempted, ascending */
    size_t preemption_count;
};

/* Free with blocks_release(). */
struct blocks blocks_of(const struct wire_step *steps, size_t count);
void blocks_release(struct blocks *blocks);

/* An order to try: blocks by index, each at most once. */
struct order_of_blocks {
    size_t *items;
    size_t count;
};

/* Preemptions number `from` to `to` - 1 do not take place: the thread goes on with its next block. */
struct order_of_blocks blocks_without(const struct blocks *blocks, size_t from, size_t to);
/* What comes between the preempted block and its thread's next one goes before both. */
struct order_of_blocks blocks_before(const struct blocks *blocks, size_t preemption);
/* Only the first `count` blocks: then all goes as it may. */
struct order_of_blocks blocks_first(const struct blocks *blocks, size_t count);
/* Without this thread's blocks: it goes when the others cannot. */
struct order_of_blocks blocks_without_thread(const struct blocks *blocks, uint16_t thread);
/* All blocks of a thread where its first one is. */
struct order_of_blocks blocks_at_once(const struct blocks *blocks, uint16_t thread);
/* A block goes right behind its thread's block before, or right before its next one. */
struct order_of_blocks blocks_earlier(const struct blocks *blocks, size_t block);
struct order_of_blocks blocks_later(const struct blocks *blocks, size_t block);

/* From malloc. */
struct wire_segment *blocks_guide(const struct blocks *blocks, const struct order_of_blocks *order,
                                  size_t *segments);

#endif
