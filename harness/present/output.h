/* Files that stand complete in their place or not at all. */
#ifndef RACELAB_PRESENT_OUTPUT_H
#define RACELAB_PRESENT_OUTPUT_H

#include <stdio.h>

/* Writes to `out`; returns 0 or a negative errno. It need neither flush nor close. */
typedef int output_fn(FILE *out, const void *user);

/*
 * Lets `write` fill `path`; "-" is standard output. A file is written beside its place and then
 * renamed, so that a failure leaves what stood there; a device or a pipe is written to as it stands.
 * Returns 0 or a negative errno, also where a byte did not arrive.
 */
int output_write(const char *path, output_fn *write, const void *user);

#endif
