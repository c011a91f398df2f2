/*
 * Lines of source files, for the people who read a result and for the fingerprints of bugs. Each file is
 * read once, whole, and kept. For one thread.
 *
 * Tools name files as they please: with all of the path, relative to some folder, or the bare name
 * (Valgrind's text). A path that does not lead to a file by itself is looked for in the inspection's root,
 * and its last part in the root and in the folders of all files that the inspection names with a folder;
 * no folder is listed, and no tree walked. Where two different files fit, neither is taken: the text of
 * another file would be worse than none.
 *
 * Whoever wrote a log chose the paths in it: of an inspection of logs only files below its root are read.
 *
 * Not there is what is no regular file (a FIFO or a device is not waited for), has a NUL byte, cannot be
 * read, or is larger than SOURCE_MOST bytes; and once SOURCES_MOST bytes are kept (of text, and four a line), no more are read.
 */
#ifndef RACELAB_PRESENT_SOURCE_H
#define RACELAB_PRESENT_SOURCE_H

#include "judge/bug.h"

#define SOURCE_MOST      ((size_t)16 << 20)
#define SOURCES_MOST     ((size_t)128 << 20)
#define SOURCE_LINE_MOST 4096 /* bytes of one line; what is behind is left out */

struct sources;

/* Reads nothing yet. `inspection` is borrowed and must not change. Free with sources_free(). */
struct sources *sources_new(const struct inspection *inspection);
void sources_free(struct sources *sources);

/* A source_line_fn (judge/bug.h); `sources` is a struct sources. The line has no line end, and is
 * otherwise as it stands in the file: bytes of any kind but NUL. */
char *sources_line(const char *file, int line, void *sources);

/* All of the file, NUL-terminated and kept by `sources`; NULL where it is not there. */
const char *sources_text(struct sources *sources, const char *file, size_t *length);

#endif
