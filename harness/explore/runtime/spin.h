/*
 * Finds out that a thread repeats itself: it reads at the same places, finds the same values, and changes
 * nothing. It may be wrong about a loop that would end by itself, and is then only set back for a while.
 *
 * Of fixed size; nothing but what is passed in is read; for one thread each.
 */
#ifndef RACELAB_EXPLORE_SPIN_H
#define RACELAB_EXPLORE_SPIN_H

#include <stdbool.h>
#include <stdint.h>

/* Flags that a loop looks at: more than so many places, and it is not known for spinning. */
enum { SPIN_PLACES = 16 };

struct spin_place {
    uint64_t pc, object, value;
    bool valued;      /* the value has been looked at */
    uint32_t repeats; /* with this value, since anything was new or changed by the thread */
    uint32_t rounds;  /* with this value, whatever the thread did meanwhile */
};

struct spin {
    struct spin_place places[SPIN_PLACES];
    uint32_t next;
};

/* The thread has been at this place before, so that the object's value can be read and is to be passed on. */
bool spin_knows(const struct spin *spin, uint64_t pc, uint64_t object);

/* The thread found `value` there. True: it spins. */
bool spin_found(struct spin *spin, uint64_t pc, uint64_t object, uint64_t value);

/* It changed something. */
void spin_changed(struct spin *spin);

#endif
