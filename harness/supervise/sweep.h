/*
 * What is left of a run whose keeper was killed. The supervising process is a child subreaper, so
 * that it inherits such a tree; these functions tell it from the process's own children and end it.
 */
#ifndef RACELAB_SUPERVISE_SWEEP_H
#define RACELAB_SUPERVISE_SWEEP_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/*
 * One pass: kills and reaps every process that this one has inherited, with all below it. Inherited
 * is a child in another session than this process, that started not before `since` (clock ticks, as
 * in struct proc_process), and that is no uv_process_t of `loop`. Returns how many were found, so 0
 * means that all are gone; or a negative errno.
 */
int sweep_pass(uv_loop_t *loop, uint64_t since);

#endif
