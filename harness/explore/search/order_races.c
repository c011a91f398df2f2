#include "explore/search/order_races.h"

#include "explore/search/random.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/*
 * Eight bytes of memory, and the accesses to them that a later one could race with. An access goes when one comes
 * behind it in order that covers its bytes and races with all that it could race with.
 */
struct access {
    uint32_t step;
    uint8_t bytes; /* bit N: the Nth of the eight */
    bool writes, atomic;
};

enum { BYTES_MOST = 1 << 20 }; /* of one access that are looked at */

struct cell {
    uint64_t address; /* / 8, + 1; 0: free */
    struct access *accesses;
    size_t count;
};

struct races {
    const struct order *order;
    const struct wire_step *steps;
    struct cell *cells;
    size_t room, used;
    uint64_t *known; /* pairs of pcs */
    size_t known_room, known_used;
    struct order_race *found;
    size_t count;
};

static struct cell *cell_at(struct races *races, uint64_t address)
{
    size_t at = (size_t)random_mix(address + 1) & (races->room - 1);
    while (races->cells[at].address && races->cells[at].address != address + 1)
        at = (at + 1) & (races->room - 1);
    return &races->cells[at];
}

static struct cell *cell_of(struct races *races, uint64_t address)
{
    if (races->used * 2 >= races->room) {
        struct cell *old = races->cells;
        size_t old_room = races->room;
        races->room = old_room ? old_room * 2 : 1024;
        races->cells = xcalloc(races->room, sizeof *old);
        for (size_t i = 0; i < old_room; i++)
            if (old[i].address)
                *cell_at(races, old[i].address - 1) = old[i];
        free(old);
    }
    struct cell *cell = cell_at(races, address);
    if (!cell->address) {
        cell->address = address + 1;
        races->used++;
    }
    return cell;
}

static bool is_new_pair(struct races *races, uint64_t one, uint64_t other)
{
    uint64_t least = one < other ? one : other;
    uint64_t most = one < other ? other : one;
    uint64_t pair = random_mix(random_mix(least) + most) | 1;
    if (races->known_used * 2 >= races->known_room) {
        uint64_t *old = races->known;
        size_t old_room = races->known_room;
        races->known_room = old_room ? old_room * 2 : 64;
        races->known = xcalloc(races->known_room, sizeof *old);
        for (size_t i = 0; i < old_room; i++) {
            size_t at = (size_t)(old[i] >> 1) & (races->known_room - 1);
            while (old[i] && races->known[at])
                at = (at + 1) & (races->known_room - 1);
            if (old[i])
                races->known[at] = old[i];
        }
        free(old);
    }
    size_t at = (size_t)(pair >> 1) & (races->known_room - 1);
    for (; races->known[at]; at = (at + 1) & (races->known_room - 1))
        if (races->known[at] == pair)
            return false;
    races->known[at] = pair;
    races->known_used++;
    return true;
}

static void check(struct races *races, const struct cell *cell, const struct access *access)
{
    for (size_t i = 0; i < cell->count; i++) {
        const struct access *before = &cell->accesses[i];
        if (!(before->bytes & access->bytes) || !(before->writes || access->writes) ||
            (before->atomic && access->atomic) ||
            order_before(races->order, before->step, access->step))
            continue;
        if (is_new_pair(races, races->steps[before->step].pc, races->steps[access->step].pc))
            *(struct order_race *)xappend((void **)&races->found, &races->count,
                                          sizeof *races->found) =
                (struct order_race){.first = before->step, .second = access->step};
    }
}

static void keep(struct races *races, struct cell *cell, const struct access *access)
{
    size_t kept = 0;
    for (size_t i = 0; i < cell->count; i++) {
        const struct access *before = &cell->accesses[i];
        bool covered = !(before->bytes & ~access->bytes) && (access->writes || !before->writes) &&
                       (before->atomic || !access->atomic) &&
                       order_before(races->order, before->step, access->step);
        if (!covered)
            cell->accesses[kept++] = *before;
    }
    if (kept == cell->count) {
        *(struct access *)xappend((void **)&cell->accesses, &cell->count, sizeof *access) = *access;
        return;
    }
    cell->accesses[kept++] = *access;
    cell->count = kept;
}

static bool accesses_memory(const struct wire_step *step)
{
    switch (step->op) {
    case WIRE_READ:
    case WIRE_WRITE:
    case WIRE_ATOMIC_LOAD:
    case WIRE_ATOMIC_STORE:
    case WIRE_ATOMIC_UPDATE:
    case WIRE_FREE:
        return step->size > 0;
    default:
        return false;
    }
}

static void pass(struct races *races, size_t at)
{
    const struct wire_step *step = &races->steps[at];
    uint64_t last = step->object + (step->size < BYTES_MOST ? step->size : BYTES_MOST) - 1;
    struct access access = {
        .step = (uint32_t)at,
        .writes = (wire_effect(step->op) & WIRE_WRITES) && !(step->flags & WIRE_FAILED),
        .atomic = step->op == WIRE_ATOMIC_LOAD || step->op == WIRE_ATOMIC_STORE ||
                  step->op == WIRE_ATOMIC_UPDATE,
    };
    for (uint64_t address = step->object >> 3; address <= last >> 3; address++) {
        uint64_t begin = address << 3 < step->object ? step->object & 7 : 0;
        uint64_t end = address == last >> 3 ? last & 7 : 7;
        access.bytes = (uint8_t)((0xffu << begin) & (0xffu >> (7 - end)));
        if (step->op != WIRE_FREE) {
            struct cell *cell = cell_of(races, address);
            check(races, cell, &access);
            keep(races, cell, &access);
            continue;
        }
        /* Whoever gets this memory next does not race with it: what comes later is of another object. */
        struct cell *cell = races->room ? cell_at(races, address) : NULL;
        if (!cell || !cell->address)
            continue;
        check(races, cell, &access);
        cell->count = 0;
        free(cell->accesses);
        cell->accesses = NULL;
    }
}

struct order_race *order_find_races(const struct order *order, const struct wire_step *steps,
                                    size_t step_count, size_t *count)
{
    struct races races = {.order = order, .steps = steps};
    for (size_t i = 0; i < step_count; i++)
        if (accesses_memory(&steps[i]))
            pass(&races, i);
    for (size_t i = 0; i < races.room; i++)
        free(races.cells[i].accesses);
    free(races.cells);
    free(races.known);
    *count = races.count;
    return races.found;
}
