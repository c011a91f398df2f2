/*
 * Open addressing with linear probing. An entry begins with its address, 0 where the slot is free. The
 * address 0 itself is no object's.
 */
#include "explore/runtime/runtime.h"
#include "explore/runtime/world.h"
#include "explore/runtime/sys.h"

#include <stddef.h>

enum { FIRST_ROOM = 64 };

static uint64_t *slot(const struct table *table, uint32_t at)
{
    return (uint64_t *)((char *)table->slots + (uint64_t)at * table->slot_size);
}

static uint32_t home(const struct table *table, uint64_t address)
{
    return (uint32_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (table->room - 1);
}

/* The slot that has it, or the free one where it would go. */
static uint32_t place(const struct table *table, uint64_t address)
{
    uint32_t at = home(table, address);
    while (*slot(table, at) != 0 && *slot(table, at) != address)
        at = (at + 1) & (table->room - 1);
    return at;
}

/* Slots are whole words: see table_get(). */
static void copy(uint64_t *to, const uint64_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size / sizeof *to; i++)
        to[i] = from[i];
}

static void grow(struct table *table)
{
    struct table old = *table;
    table->room = old.room ? old.room * 2 : FIRST_ROOM;
    table->slots = sys_memory((uint64_t)table->room * table->slot_size);
    if (!table->slots)
        world_no_memory();
    for (uint32_t i = 0; i < old.room; i++)
        if (*slot(&old, i) != 0)
            copy(slot(table, place(table, *slot(&old, i))), slot(&old, i), table->slot_size);
    if (old.slots)
        sys_memory_back(old.slots, (uint64_t)old.room * old.slot_size);
}

void *table_find(struct table *table, uint64_t address)
{
    if (table->used == 0)
        return NULL;
    uint64_t *found = slot(table, place(table, address));
    return *found == address ? found : NULL;
}

void *table_get(struct table *table, uint64_t address)
{
    void *found = table_find(table, address);
    if (found)
        return found;
    if ((table->used + 1) * 2 > table->room)
        grow(table);
    uint64_t *made = slot(table, place(table, address));
    *made = address;
    table->used++;
    return made;
}

static void clear(uint64_t *at, uint32_t size)
{
    for (uint32_t i = 0; i < size / sizeof *at; i++)
        at[i] = 0;
}

/* Those behind it move up where they would no longer be found. */
void table_drop(struct table *table, uint64_t address)
{
    if (!table_find(table, address))
        return;
    uint32_t mask = table->room - 1;
    uint32_t hole = place(table, address);
    for (uint32_t at = (hole + 1) & mask; *slot(table, at) != 0; at = (at + 1) & mask) {
        uint32_t from_home = (at - home(table, *slot(table, at))) & mask;
        if (from_home < ((at - hole) & mask))
            continue;
        copy(slot(table, hole), slot(table, at), table->slot_size);
        hole = at;
    }
    clear(slot(table, hole), table->slot_size);
    table->used--;
}
