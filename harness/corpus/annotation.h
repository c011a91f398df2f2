/*
 * Reads the promises that a program makes in its comments.
 *
 *     bug: DEFECT[(names)] [; DETECTOR[, DETECTOR]... blind|rate: REASON]...
 *     alarm: DEFECT[(names)] by DETECTOR[, DETECTOR]...: REASON
 *     serial: NAMES
 *
 * A DETECTOR may be told by its versions: `drd<3.22` (also <=, =, >=, >). The versions are those of
 * clang, gcc and Valgrind.
 *
 * The anchor of an annotation is the line on which its comment begins. Annotations with the same
 * kind, defect and names are one promise with several lines.
 */
#ifndef RACELAB_CORPUS_ANNOTATION_H
#define RACELAB_CORPUS_ANNOTATION_H

#include "corpus/complaint.h"
#include "model/promise.h"

/* One annotation as it stands in the source, for comparing twins. */
struct annotation {
    char *text; /* flattened comment */
    int line;
};

struct annotations {
    struct annotation *items;
    size_t count;
    struct promises promises;
};

/*
 * Reads all annotations of one source. `detectors` are the known detector names, ended by NULL.
 * What is wrong goes to `complaints` under `file`, with its line; the wrong annotation is left out.
 * `annotations` must be zeroed; release it with annotations_release().
 */
void annotations_read(const char *file, const char *source, size_t length,
                      const char *const *detectors, struct annotations *annotations,
                      struct complaints *complaints);
void annotations_release(struct annotations *annotations);

#endif
