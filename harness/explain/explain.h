/*
 * Explains why a process tree makes no headway, from the live processes: who waits for whom, at which
 * lines, and why nobody will wake them.
 *
 * For one thread: the one that looks after the tree (a ptrace stop belongs to the thread that asked for
 * it). Blocks for as long as it reads: some milliseconds for a small program. The processes go on
 * afterwards as if nothing had been, but for `freeze`.
 */
#ifndef RACELAB_EXPLAIN_EXPLAIN_H
#define RACELAB_EXPLAIN_EXPLAIN_H

#include "model/explanation.h"
#include "supervise/tree_scan.h"

struct explain_options {
    const char *own_source; /* frames whose file begins with this are the program's own; NULL: all
                               that are neither of the C library nor of a tool's runtime */
    bool gentle;            /* stop no thread that would notice (see snapshot.h) */
    bool freeze; /* stop the processes for good (SIGSTOP), because they are to be ended: a
                               stop for a moment makes a thread look at its futex again, and where
                               a wake-up had gone astray, the program would go on */
    bool ended;  /* every thread was proved to wait without end */
    bool busy;   /* watch running threads for a moment to tell what they are busy with */
};

/* `explanation` is filled in every case, with `trouble` where nothing could be told. */
void explain_tree(const struct tree_scan *tree, const struct explain_options *options,
                  struct explanation *explanation);

#endif
