/*
 * The reader of what Helgrind and DRD print for people: the logs of a CI run, as --log-file or
 * standard error leaves them (written for Valgrind 3.19; what is known to differ in others is said in
 * valgrind_text.c). It is fed line by line. Lines of several processes may alternate, lines that are not
 * Valgrind's stand between them, and the beginning or the end may be missing.
 *
 * Memory is bounded by the number of distinct reports: one that is said again (addresses, process ids
 * and thread numbers aside) only raises finding.times. What is kept of one report, and how many
 * processes may have a report open at once, is limited; so is the time, which is linear in the text.
 *
 * For one thread at a time.
 */
#ifndef RACELAB_DETECT_VALGRIND_TEXT_H
#define RACELAB_DETECT_VALGRIND_TEXT_H

#include "model/finding.h"

/* What a log told of one of the tools. */
struct valgrind_log {
    struct findings findings; /* raw_line is the number of the line fed, from 1 */
    char *version;            /* "3.19.0"; NULL: not told */
    size_t processes;         /* that spoke under this tool; 0: nothing in the log is of it */
    size_t finished;          /* of those, that reached the tool's "ERROR SUMMARY" */
};

struct valgrind_text;

/*
 * `own_source` as in finding_add_site_at(): NULL for a user's program. Symbols of locks and variables
 * that the log gives by address only come from `program`, which may be NULL. Both must outlive the
 * reader.
 */
struct valgrind_text *valgrind_text_new(const char *own_source, const char *program);
/* Takes one line, without its newline, of any bytes. Returns whether it is one of Valgrind's own
 * ("==123== ..."), of whichever tool. */
bool valgrind_text_feed(struct valgrind_text *reader, const char *line, size_t length);
/* Ends and frees the reader, a report that is still open included. Both logs are overwritten; release
 * them with valgrind_log_release(). */
void valgrind_text_end(struct valgrind_text *reader, struct valgrind_log *helgrind,
                       struct valgrind_log *drd);
void valgrind_log_release(struct valgrind_log *log);

#endif
