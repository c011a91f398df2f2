/* A look at a process that somebody else has begun. */
#ifndef RACELAB_SUPERVISE_OBSERVE_H
#define RACELAB_SUPERVISE_OBSERVE_H

#include "supervise/tree_scan.h"

/*
 * Scans a process and all below it until it is proved to hang or seen not to; that takes up to half
 * a second. *hung: every thread waits without end, and nothing that could be seen outside of the
 * tree can wake any (a process that may not be looked into counts as nothing). Disturbs nothing.
 *
 * Returns 0, and *scan is the last scan, to be released; -ESRCH where there is no such process;
 * -EACCES where it belongs to somebody else, or may not be traced; another negative errno.
 */
int observe(pid_t pid, struct tree_scan *scan, bool *hung);

#endif
