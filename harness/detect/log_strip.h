/* What others have written around the lines of a log: a CI's time stamps, colours, ctest's "12: ". */
#ifndef RACELAB_DETECT_LOG_STRIP_H
#define RACELAB_DETECT_LOG_STRIP_H

#include "detect/text_lines.h"

#define LOG_PREFIX_ROOM 64

/* All zero at the beginning. */
struct log_strip {
    char *plain;                  /* a line without escape sequences; TEXT_LINE_ROOM bytes */
    char prefix[LOG_PREFIX_ROOM]; /* stood before the first line of the report that came last */
    size_t prefix_length;
};

/*
 * Returns the line without the carriage return at its end, without ANSI escape sequences, and without a time
 * stamp and one blank at its beginning: "2026-11-22T12:00:00.1234567Z ", "[2026-11-22 12:00:00] ",
 * "12:00:00 " and the like. What else stands before the first line of a report ("12: ", "web-1  | ", up to
 * LOG_PREFIX_ROOM bytes) is taken from it and from the lines after it that begin with the same.
 * Valid until the next call and as long as `line`.
 */
struct span log_strip_line(struct log_strip *strip, struct span line);
void log_strip_release(struct log_strip *strip);

#endif
