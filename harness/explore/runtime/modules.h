/* Where the program's files of code lie, for who looks at its addresses from outside. */
#ifndef RACELAB_EXPLORE_RUNTIME_MODULES_H
#define RACELAB_EXPLORE_RUNTIME_MODULES_H

#include "explore/wire.h"

/* Fills block->modules. To be called once, before the program has threads and before the first fork: it asks the dynamic linker. */
void modules_note(struct wire_block *block);

#endif
