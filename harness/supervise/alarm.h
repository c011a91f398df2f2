/*
 * May an interval timer wake a process? alarm() and setitimer() leave no trace in /proc, so this is
 * told from what the process has prepared for.
 */
#ifndef RACELAB_SUPERVISE_ALARM_H
#define RACELAB_SUPERVISE_ALARM_H

#include <stdbool.h>

#include "supervise/proc.h"

/*
 * True when the process of the thread handles SIGALRM. One that handles nearly every signal there is
 * runs under Valgrind, whose own handlers say nothing about the program's: then true when a file
 * mapped for execution, the C library and Valgrind's own left out, names a function that sets such a
 * timer. (Profiling and virtual timers need no such care: they stand still while all threads sleep.)
 */
bool alarm_possible(const struct proc_thread *thread);

#endif
