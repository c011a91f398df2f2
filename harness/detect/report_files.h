/* The files that a tool left in a run's report directory. */
#ifndef RACELAB_DETECT_REPORT_FILES_H
#define RACELAB_DETECT_REPORT_FILES_H

#include <stddef.h>

/* Reads one report; returns NULL, or a sentence (from malloc) on why it is no use. */
typedef char *report_reader(const char *text, size_t length, void *user);

/*
 * Gives every file of `folder` whose name begins with `prefix` and ends with `suffix` to `read`, and
 * counts them in *count. Stops at the first that cannot be read. Returns NULL, or a sentence (from
 * malloc) on what went wrong.
 */
char *report_files_read(const char *folder, const char *prefix, const char *suffix,
                        report_reader *read, void *user, size_t *count);

/* Reads one report file of this path; returns NULL, or a sentence (from malloc) on why it is no use. */
typedef char *report_file_reader(const char *path, void *user);

/* The same, for files that are not to be held in memory. */
char *report_files_each(const char *folder, const char *prefix, const char *suffix,
                        report_file_reader *read, void *user, size_t *count);

#endif
