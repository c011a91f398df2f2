/* Reading whole files. Safe to call from several threads. */
#ifndef RACELAB_CORPUS_FILE_H
#define RACELAB_CORPUS_FILE_H

#include <stddef.h>

/*
 * Reads a regular file whole. On success returns 0, *text is from malloc, ends with a NUL that
 * *length does not count, and belongs to the caller. On failure returns a negative errno and
 * touches neither.
 */
int file_read(const char *path, char **text, size_t *length);

#endif
