#include "explore/search/minimise.h"

#include "model/memory.h"

#include <stdlib.h>

/*
 * A segment for each stretch of one thread's steps. A thread's count of points before its last step of the stretch, and one, is where
 * that ends; up to there it could go on whenever it was asked, as it did in the run, so that the guide is
 * followed point by point, whatever the strategy behind it is.
 */
struct wire_segment *guide_of_steps(const struct wire_step *steps, size_t count, size_t *segments)
{
    size_t room = 1;
    for (size_t i = 1; i < count; i++)
        room += steps[i].thread != steps[i - 1].thread;
    struct wire_segment *guide = xcalloc(room, sizeof *guide);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || steps[i].thread != steps[i - 1].thread)
            guide[used++] = (struct wire_segment){.thread = steps[i].thread, .kind = WIRE_GO};
        guide[used - 1].until = steps[i].own + 1;
    }
    *segments = used;
    return guide;
}
