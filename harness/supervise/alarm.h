/*
 * May an interval timer wake a process? alarm() and setitimer() leave no trace in /proc, so this is
 * told from what the process has prepared for.
 */
#ifndef RACELAB_SUPERVISE_ALARM_H
#define RACELAB_SUPERVISE_ALARM_H

#include <stdbool.h>

#include "supervise/proc.h"

/*
 * True when the process of the thread handles SIGALRM; and where its end by that signal would let
 * others go on, so that `end_counts`, also when its program names a function that sets the timer. One that handles nearly every signal there is
 * runs under Valgrind, whose own handlers say nothing about the program's: then true when a file
 * mapped for execution, the C library and Valgrind's own left out, names a function that sets such a
 * timer. (Profiling and virtual timers need no such care: they stand still while all threads sleep.)
 */
bool alarm_possible(const struct proc_thread *thread, bool end_counts);

#endif
