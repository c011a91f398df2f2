#include "explore/runtime/spin.h"

#include <stddef.h>

/* After how many equal rounds. The second bounds how long a thread may keep all others waiting that writes in its loop. */
enum { MOST_REPEATS = 3, MOST_ROUNDS = 2000 };

static struct spin_place *place_of(struct spin *spin, uint64_t pc, uint64_t object)
{
    for (uint32_t i = 0; i < SPIN_PLACES; i++) {
        struct spin_place *place = &spin->places[i];
        if (place->pc == pc && place->object == object)
            return place;
    }
    return NULL;
}

bool spin_knows(const struct spin *spin, uint64_t pc, uint64_t object)
{
    return place_of((struct spin *)spin, pc, object) != NULL;
}

void spin_changed(struct spin *spin)
{
    for (uint32_t i = 0; i < SPIN_PLACES; i++)
        spin->places[i].repeats = 0;
}

/* Where the thread has not been of late: it does not repeat itself. */
static void remember(struct spin *spin, uint64_t pc, uint64_t object)
{
    struct spin_place *place = &spin->places[spin->next++ % SPIN_PLACES];
    spin_changed(spin);
    place->pc = pc;
    place->object = object;
    place->valued = false;
    place->rounds = 0;
}

static bool too_many_rounds(struct spin_place *place)
{
    if (++place->rounds < MOST_ROUNDS)
        return false;
    place->rounds = 0;
    return true;
}

bool spin_found(struct spin *spin, uint64_t pc, uint64_t object, uint64_t value)
{
    struct spin_place *place = place_of(spin, pc, object);
    if (!place) {
        remember(spin, pc, object);
        return false;
    }
    if (!place->valued || place->value != value) {
        if (place->valued)
            spin_changed(spin);
        place->valued = true;
        place->value = value;
        place->repeats = 0;
        place->rounds = 0;
        return false;
    }
    place->repeats++;
    return too_many_rounds(place) || place->repeats >= MOST_REPEATS;
}
