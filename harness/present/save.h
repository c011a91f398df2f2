/* Files that are whole or not there. */
#ifndef RACELAB_PRESENT_SAVE_H
#define RACELAB_PRESENT_SAVE_H

#include <stdio.h>

/* Writes a document to `out`. Returns 0 or a negative errno; what the stream itself has to complain of
 * (ferror) need not be returned. */
typedef int save_fn(FILE *out, const void *document);

/*
 * Has the document written to `path`; "-" is standard output. A file is written beside its place and
 * then renamed, so that a failure leaves what stood there; a device or a pipe is written to as it
 * stands. Returns 0 or a negative errno: -ENOSPC of a full disk, too, where it shows only on closing.
 */
int save(const char *path, save_fn *write, const void *document);

#endif
