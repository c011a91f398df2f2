/*
 * One reading of a whole process tree: every thread below a keeper, and whether it waits without
 * end.
 */
#ifndef RACELAB_SUPERVISE_TREE_SCAN_H
#define RACELAB_SUPERVISE_TREE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "supervise/objects.h"
#include "supervise/proc.h"
#include "supervise/waits.h"

struct tree_thread {
    struct proc_thread thread;
    enum wait_kind wait; /* WAIT_MAY_END also where an earlier thread had settled the matter */
    bool background;     /* the runtime's own thread: no part of the program */
    uint64_t start;      /* set where background */
    uint64_t since_ns;   /* of hang.c: the first scan in a row that saw it in this very wait */
};

struct tree_scan {
    struct tree_thread
        *threads; /* in the order of the table, then of creation; ended ones left out */
    size_t count;
    uint64_t pulse; /* changes where anything of the tree ran, also a thread that is in no list; 0
                       where it was not taken, in a scan in which some thread's wait may end */
};

/*
 * Reads every thread of the processes below `keeper`, which `table` must be a recent reading of.
 * `previous` (may be NULL) is the last scan of the same tree: a background thread recognised there
 * is known again when it is found running. Gives an empty scan where nothing is left.
 * tree_scan_release() frees what *scan holds.
 */
void tree_scan_read(const struct proc_table *table, pid_t keeper, const struct served_pipe *served,
                    size_t served_count, const struct tree_scan *previous, struct tree_scan *scan);
/* The same for a process that is none of the supervisor's, and for those below it: what others may
 * hold as well counts as able to wake it. `previous` as above. */
void tree_scan_read_strange(const struct proc_table *table, pid_t pid,
                            const struct tree_scan *previous, struct tree_scan *scan);
void tree_scan_release(struct tree_scan *scan);

#endif
