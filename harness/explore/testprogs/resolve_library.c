#include "explore/testprogs/resolve_library.h"

static int library_state[4];

void in_the_library(note_fn *note)
{
    note(0, WIRE_SIGNAL, &library_state[2], 0)->flags = WIRE_PREEMPTED; /* in the library */
    note(0, WIRE_YIELD, 0, 0);
}
