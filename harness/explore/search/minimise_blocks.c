#include "explore/search/minimise_blocks.h"

#include "model/memory.h"

#include <stdint.h>
#include <stdlib.h>

struct blocks blocks_of(const struct wire_step *steps, size_t count)
{
    struct blocks blocks = {0};
    size_t last[WIRE_THREADS];
    for (size_t i = 0; i < WIRE_THREADS; i++)
        last[i] = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        uint16_t thread = steps[i].thread;
        if (i == 0 || thread != steps[i - 1].thread) {
            if (i > 0 && (steps[i].flags & WIRE_PREEMPTED)) {
                blocks.items[blocks.count - 1].preempted = true;
                *(size_t *)xappend((void **)&blocks.preemptions, &blocks.preemption_count,
                                   sizeof(size_t)) = blocks.count - 1;
            }
            struct block_run *block = xappend((void **)&blocks.items, &blocks.count, sizeof *block);
            *block = (struct block_run){.thread = thread, .next = SIZE_MAX};
            if (last[thread] != SIZE_MAX)
                blocks.items[last[thread]].next = blocks.count - 1;
            last[thread] = blocks.count - 1;
        }
        blocks.items[blocks.count - 1].until = steps[i].own + 1;
    }
    return blocks;
}

void blocks_release(struct blocks *blocks)
{
    free(blocks->items);
    free(blocks->preemptions);
    *blocks = (struct blocks){0};
}

static struct order_of_blocks order_for(const struct blocks *blocks)
{
    return (struct order_of_blocks){.items = xcalloc(blocks->count + 1, sizeof(size_t))};
}

static void put(struct order_of_blocks *order, size_t block)
{
    order->items[order->count++] = block;
}

struct order_of_blocks blocks_without(const struct blocks *blocks, size_t from, size_t to)
{
    struct order_of_blocks order = order_for(blocks);
    bool *gone = xcalloc(blocks->count + 1, sizeof *gone);
    bool *dropped = xcalloc(blocks->count + 1, sizeof *dropped);
    for (size_t i = from; i < to; i++)
        dropped[blocks->preemptions[i]] = true;
    for (size_t i = 0; i < blocks->count; i++) {
        for (size_t block = i; !gone[block];) {
            put(&order, block);
            gone[block] = true;
            if (!dropped[block] || blocks->items[block].next == SIZE_MAX)
                break;
            block = blocks->items[block].next;
        }
    }
    free(gone);
    free(dropped);
    return order;
}

struct order_of_blocks blocks_before(const struct blocks *blocks, size_t preemption)
{
    struct order_of_blocks order = order_for(blocks);
    size_t block = blocks->preemptions[preemption];
    size_t next = blocks->items[block].next;
    for (size_t i = 0; i < blocks->count; i++)
        if (i < block || (i > block && i < next && next != SIZE_MAX))
            put(&order, i);
    put(&order, block);
    for (size_t i = next == SIZE_MAX ? block + 1 : next; i < blocks->count; i++)
        put(&order, i);
    return order;
}

struct order_of_blocks blocks_first(const struct blocks *blocks, size_t count)
{
    struct order_of_blocks order = order_for(blocks);
    for (size_t i = 0; i < count && i < blocks->count; i++)
        put(&order, i);
    return order;
}

struct order_of_blocks blocks_without_thread(const struct blocks *blocks, uint16_t thread)
{
    struct order_of_blocks order = order_for(blocks);
    for (size_t i = 0; i < blocks->count; i++)
        if (blocks->items[i].thread != thread)
            put(&order, i);
    return order;
}

struct order_of_blocks blocks_at_once(const struct blocks *blocks, uint16_t thread)
{
    struct order_of_blocks order = order_for(blocks);
    bool seen = false;
    for (size_t i = 0; i < blocks->count; i++) {
        if (blocks->items[i].thread != thread) {
            put(&order, i);
            continue;
        }
        for (size_t block = i; !seen && block != SIZE_MAX; block = blocks->items[block].next)
            put(&order, block);
        seen = true;
    }
    return order;
}

static size_t before_of(const struct blocks *blocks, size_t block)
{
    for (size_t i = block; i-- > 0;)
        if (blocks->items[i].thread == blocks->items[block].thread)
            return i;
    return SIZE_MAX;
}

struct order_of_blocks blocks_earlier(const struct blocks *blocks, size_t block)
{
    struct order_of_blocks order = order_for(blocks);
    size_t before = before_of(blocks, block);
    for (size_t i = 0; i < blocks->count; i++) {
        if (i != block || before == SIZE_MAX)
            put(&order, i);
        if (i == before)
            put(&order, block);
    }
    return order;
}

struct order_of_blocks blocks_later(const struct blocks *blocks, size_t block)
{
    struct order_of_blocks order = order_for(blocks);
    size_t next = blocks->items[block].next;
    for (size_t i = 0; i < blocks->count; i++) {
        if (i == next)
            put(&order, block);
        if (i != block || next == SIZE_MAX)
            put(&order, i);
    }
    return order;
}

struct wire_segment *blocks_guide(const struct blocks *blocks, const struct order_of_blocks *order,
                                  size_t *segments)
{
    struct wire_segment *guide = xcalloc(order->count + 1, sizeof *guide);
    size_t used = 0;
    for (size_t i = 0; i < order->count; i++) {
        const struct block_run *block = &blocks->items[order->items[i]];
        if (used == 0 || guide[used - 1].thread != block->thread)
            guide[used++] = (struct wire_segment){.thread = block->thread, .kind = WIRE_GO};
        guide[used - 1].until = block->until;
    }
    *segments = used;
    return guide;
}
