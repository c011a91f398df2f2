/*
 * Waiting at descriptors. For the thread that has the turn.
 */
#ifndef RACELAB_EXPLORE_IO_H
#define RACELAB_EXPLORE_IO_H

#include "explore/runtime/calls.h"
#include "explore/runtime/descriptors.h"

/* A call that is under way. To be kept until io_end(), which runs where the call is cancelled, too. */
struct io {
    struct fiber *self; /* NULL: not under control, make the real call */
    uint64_t pc;
    bool
        foreign; /* it might wait outside: comes back into the order at a point of its own, whether or not it did */
    bool outside; /* between runtime_outside_begin() and _end() */
    bool refuses; /* a call that does not wait: it may fail for that */
};
#define IO __attribute__((cleanup(io_end), unused))
void io_end(struct io *io);

/* Enters. A regular file: no more than that, and `self` is NULL. */
struct io io_begin(int fd, uint64_t pc);
/* Stops until the descriptor can be read or written without waiting, unless such calls do not wait there. */
enum grant io_wait(struct io *io, int fd, enum wire_op op, bool refuses);
/* After the real call, whose errno is kept. Gives its result back. */
long io_done(struct io *io, long result);

#endif
