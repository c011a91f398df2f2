/*
 * What a program's source says of itself. Plain data, no I/O.
 */
#ifndef RACELAB_MODEL_PROMISE_H
#define RACELAB_MODEL_PROMISE_H

#include "model/finding.h"
#include "model/version.h"

/* Detectors are rows of a table (detect/detect.h); the model knows them by name alone. */
enum promise_kind {
    PROMISE_BUG,   /* reported in buggy/, not in fixed/ */
    PROMISE_ALARM, /* correct code that some detectors flag: reported in fixed/ by those */
    PROMISE_SERIAL, /* a patch that takes the concurrency away: here `names` is worked on by one thread at a time,
                       under every schedule. No defect, so that `defect` says nothing */
};

enum exception_kind {
    EXCEPTION_BLIND, /* the detector does not report it in any run */
    EXCEPTION_RATE,  /* it shows in some runs and not in others: never demanded, never a surprise */
    EXCEPTION_ALARM, /* the detector of an alarm */
};

struct exception {
    enum exception_kind kind;
    char *detector;
    enum relation relation; /* the versions of the detector that it holds for */
    char *version;          /* NULL for ANY_VERSION */
    char *reason;
};

/* One bug or alarm of a program: all annotations with the same kind, defect and names. */
struct promise {
    enum promise_kind kind;
    enum defect defect;
    char *names; /* what stands in the parentheses, "from, to"; NULL without */
    char *file;  /* the source that makes it, where a program has several; NULL: any */
    int *lines;  /* the annotated lines, ascending */
    size_t line_count;
    struct exception *exceptions;
    size_t exception_count;
};

struct promises {
    struct promise *items;
    size_t count;
};

/* "race(counter)", "hang" or "serial(counter)". The caller frees it. */
char *promise_label(const struct promise *promise);
/* The exception that holds for this detector in this version, or NULL. Without a version (NULL) only
 * those hold that name none. */
const struct exception *promise_exception(const struct promise *promise, const char *detector,
                                          const char *version);
bool promise_has_line(const struct promise *promise, int line);
/* Also that the file, which may be named with more or less of its folders, is the promise's. */
bool promise_has_place(const struct promise *promise, const char *file, int line);
void promises_release(struct promises *promises);

#endif
