/*
 * One output stream of a program: kept up to a limit, counted above it, always drained, so that the
 * program never waits for its reader.
 */
#ifndef RACELAB_SUPERVISE_CAPTURE_H
#define RACELAB_SUPERVISE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "supervise/supervise.h"

struct capture {
    uv_pipe_t pipe; /* data points to the capture */
    struct run_output
        *output; /* borrowed; its text is never NULL once capture_start() was called */
    size_t room; /* bytes allocated in output->text */
    size_t cap;
    int pass_to; /* descriptor that all of it is written to as well; -1: none */
    bool ended;  /* end of the stream, or a read error */
    void (*on_end)(void *user);
    void *user;
};

/* Takes over fd, the reading end of a pipe, whatever it returns: 0 or a negative errno. The pipe
 * handle is initialised by the caller before, and closed by it after. */
int capture_start(struct capture *capture, int fd);

#endif
