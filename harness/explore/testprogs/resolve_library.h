/* Code of the user's own in a shared library. */
#ifndef RACELAB_EXPLORE_RESOLVE_LIBRARY_H
#define RACELAB_EXPLORE_RESOLVE_LIBRARY_H

#include "explore/wire.h"

typedef struct wire_step *note_fn(uint16_t thread, enum wire_op op, const volatile void *object,
                                  uint32_t size);
void in_the_library(note_fn *note);

#endif
