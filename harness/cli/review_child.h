/*
 * racelab as a child process of a review, one at a time: its output is taken, and it is ended with all that it runs. On the
 * loop of its user, in one thread.
 */
#ifndef RACELAB_CLI_REVIEW_CHILD_H
#define RACELAB_CLI_REVIEW_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* Of standard output or standard error. */
struct child_stream {
    uv_pipe_t pipe;
    char *text; /* ended by a NUL */
    size_t length;
};

struct child {
    uv_loop_t *loop;
    void (*over)(void *user); /* it has ended, and all handles are closed */
    void *user;

    /* When it is over, until child_release(). */
    struct child_stream out, err;
    const char *
        cut; /* why there is no result of it: it could not be started, or was ended; NULL: it came to its end */
    int64_t status;
    int signal; /* that ended it; 0: none */

    uv_process_t process;
    uv_timer_t timer;
    int open; /* handles that are not closed yet */
    bool exited;
    bool asked_to_end;
};

/* Starts `program` with these arguments, ended by NULL, in this folder, with its temporary files in FOLDER/tmp. loop, over
 * and user are set. Where it cannot be started, that is told by over(), too. */
void child_start(struct child *child, const char *program, char **arguments, const char *folder);
/* Tells it to end, and kills it where it does not. `cut` is a constant, or NULL. */
void child_end(struct child *child, const char *cut);
void child_release(struct child *child);

#endif
