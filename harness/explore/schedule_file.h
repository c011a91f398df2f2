/*
 * A failing schedule as a file, to be run again: JSON, described in present/json.md. What is kept is what a run must
 * follow and what it belongs to; threads and steps are seen anew in each replay.
 */
#ifndef RACELAB_EXPLORE_SCHEDULE_FILE_H
#define RACELAB_EXPLORE_SCHEDULE_FILE_H

#include "explore/wire.h"
#include "model/exploration.h"

#define SCHEDULE_FORMAT  "racelab-schedule"
#define SCHEDULE_VERSION 1

/* Written beside the path first and then put in its place, so that there is never half a file. 0 or a negative errno. */
int schedule_write(const char *path, const struct schedule *schedule);

/* NULL, or why it is none, one sentence from malloc that names the file. *schedule is to be released in
 * every case. */
char *schedule_read(const char *path, struct schedule *schedule);

/* The turns as the guide of a plan; from malloc. */
struct wire_segment *schedule_guide(const struct schedule *schedule);

/* What of an executable a schedule depends on, hexadecimal, from malloc: all that it maps of the file, but for
 * notes; not debug info, nor where the file stands. NULL, with *trouble a sentence from malloc, where that cannot be
 * read. */
char *schedule_build(const char *program, char **trouble);

#endif
