/*
 * One report of Helgrind or DRD, taken apart: texts, and the stack below each. The readers of the XML
 * and of the text both fill it, and what a text means is judged here alone, so that one program gives
 * the same findings by either.
 *
 * The wordings are those of helgrind/hg_errors.c, drd/drd_error.c and coregrind/m_addrinfo.c (3.19).
 * Plain data, for one thread at a time.
 */
#ifndef RACELAB_DETECT_VALGRIND_REPORT_H
#define RACELAB_DETECT_VALGRIND_REPORT_H

#include "model/finding.h"

#define VALGRIND_PARTS     256       /* of one report: up to ten, and two for each lock held */
#define VALGRIND_FRAMES    500       /* of one stack: the most that --num-callers allows */
#define VALGRIND_RAW_LIMIT (1 << 20) /* bytes of a report for people; what is more is left out */

struct valgrind_part {
    char *text;  /* without indentation */
    char *locks; /* Helgrind's line "Locks held: ..." between the text and its stack; or NULL */
    struct stack stack;
};

struct valgrind_error {
    struct valgrind_part *parts;
    size_t part_count;
    bool full; /* a part was left out, and so are its frames */
    char *raw; /* the lines for people; NULL: none yet */
    size_t raw_length;
    size_t raw_room;
};

/* Adds a text as the head of the stack that follows. One in brackets ("(stack unavailable)") stands in
 * for a stack and is none. */
void valgrind_error_text(struct valgrind_error *error, const char *text, size_t length);
/* A new frame in the stack of the last text, valid until the next; NULL where a limit is reached. */
struct frame *valgrind_error_frame(struct valgrind_error *error);
/* Adds one line to the report for people; `length` bytes, without newline. */
void valgrind_error_raw(struct valgrind_error *error, const char *line, size_t length);
void valgrind_error_clear(struct valgrind_error *error);
/* Whether the text may stand before a report's headline: Helgrind's text begins a race with the locks
 * that were held, and DRD's report of a lock held too long with where it was taken. */
bool valgrind_is_prologue(const char *text);

/* A thread that Helgrind announced, or whose name was told. */
struct valgrind_thread {
    unsigned long number; /* the tool's; 0: an empty slot */
    char *name;           /* NULL where unknown */
    /* The announcement, one part: "Thread #3 was created" and where; NULL: none was read. */
    struct valgrind_error *made;
};

/* Of one process. What the newest threads said is kept, and of no more than a fixed number. */
struct valgrind_threads {
    struct valgrind_thread *slots;
};

/* The thread of this number; NULL where nothing was said of it. */
const struct valgrind_thread *valgrind_threads_find(const struct valgrind_threads *threads,
                                                    unsigned long number);
/* Begins the announcement of a thread (not 0) anew: what is said of it goes into the report returned,
 * which is valid until another thread is announced or named. */
struct valgrind_error *valgrind_threads_announce(struct valgrind_threads *threads,
                                                 unsigned long number);
void valgrind_threads_name(struct valgrind_threads *threads, unsigned long number,
                           const char *name);
void valgrind_threads_clear(struct valgrind_threads *threads);

/* The number in "... by thread #3" or "Thread #5: ..." or DRD's "... by thread 3 at"; 0: none. `*rest`,
 * where not NULL, is moved behind it. */
unsigned long valgrind_thread_in(const char *text, const char **rest);

/*
 * Adds the finding that the report makes and empties the report, or returns NULL where it has no text.
 * Without `own_source` (see finding_add_site_at) a stack with no frame of the program's own still
 * makes a site, at the frame that tells most. Symbols of locks and variables that the report gives by
 * address come from `program` (may be NULL).
 *
 * Helgrind's "Locks held" are only those held for writing: site.locks and locks_held leave out a
 * read-write lock that is held for reading, and where neither side holds any for writing no_common_lock
 * is not claimed. The XML tells no locks.
 */
struct finding *valgrind_error_finding(struct valgrind_error *error,
                                       const struct valgrind_threads *threads,
                                       const char *own_source, const char *program,
                                       struct findings *findings);

#endif
