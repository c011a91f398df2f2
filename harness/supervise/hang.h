/*
 * Does a process tree hang?
 *
 * It does when at some instant every one of its threads waits for another: then none can ever wake
 * another. Two scans show such an instant. Where each thread sleeps in the same call in both and
 * has not been switched in or out between, all were asleep at every moment from the end of the first
 * scan to the beginning of the second. A thread that is created and ends between two listings would
 * be in neither, but uses processor time of its tree. Several such scans in a row are asked for.
 * Only their count and the kernel's counters decide, so that a busy machine delays the verdict and never falsifies it.
 */
#ifndef RACELAB_SUPERVISE_HANG_H
#define RACELAB_SUPERVISE_HANG_H

#include <stdbool.h>
#include <stdint.h>

#include "supervise/tree_scan.h"

struct hang_watch {
    struct tree_scan last;     /* owned */
    unsigned quiet_scans;      /* in a row in which all waited and nothing had moved */
    uint64_t quiet_since_ns;   /* the first of them */
    uint64_t last_progress_ns; /* the last scan that saw a thread run, come or go */
    size_t witness;            /* index of a thread of `last` that showed there is no hang */
    bool has_witness;
    uint64_t part;      /* what the last part found to be stuck was made of; 0 for none */
    unsigned skipped;   /* scans in a row that the witness answered by waiting on */
    unsigned unscanned; /* that it answered in either way */
    int hidden;         /* errno of a system call that could not be seen, in `last`; or 0 */
};

/* hang_watch may start as all zero. */
void hang_watch_release(struct hang_watch *watch);

/*
 * True where a look at one thread tells that a full scan would prove nothing now: the thread that
 * showed last time that the tree does not hang still does. Otherwise a scan is due.
 */
bool hang_watch_skip(struct hang_watch *watch, uint64_t now_ns);

/*
 * True once for each set of threads of the last scan that have not moved for a second and whose futex
 * words name one another in a circle: a deadlock of a part, perhaps. What is read are plain words;
 * whether they mean an owner is for a closer look to say.
 */
bool hang_watch_part(struct hang_watch *watch, uint64_t now_ns);

/* Takes over what *scan holds, and returns true when it proves a hang. now_ns: CLOCK_MONOTONIC. */
bool hang_watch_add(struct hang_watch *watch, struct tree_scan *scan, uint64_t now_ns);

#endif
