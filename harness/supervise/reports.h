/*
 * The directory a detector writes its reports to: how large it has grown, and its removal.
 *
 * Both walk by directory descriptors and follow no link, so that nothing outside the directory is
 * counted or removed, whatever the supervised program puts into it.
 */
#ifndef RACELAB_SUPERVISE_REPORTS_H
#define RACELAB_SUPERVISE_REPORTS_H

#include <stdint.h>

/* Adds the sizes of all regular files. What cannot be read counts as nothing. Returns 0 or the
 * negative errno of opening `path`; *size is set in both cases. */
int reports_size(const char *path, uint64_t *size);

/* Opens a directory for reports_remove(), close-on-exec. Returns the descriptor or a negative
 * errno. */
int reports_open(const char *path);

/* Removes what the open directory holds, then `path` itself if it still names that directory.
 * Closes fd. Returns 0 or the first negative errno met; it goes on after one. */
int reports_remove(int fd, const char *path);

#endif
