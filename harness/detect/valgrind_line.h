/* One line of Valgrind's text output, taken apart. No memory is kept. For any thread. */
#ifndef RACELAB_DETECT_VALGRIND_LINE_H
#define RACELAB_DETECT_VALGRIND_LINE_H

#include "model/stack.h"

struct valgrind_line {
    char mark;         /* '=': reports; '-': the core's debugging; '*': the program's own words */
    unsigned long pid; /* of the process under Valgrind */
    const char *text;  /* behind "==123== ", with its indentation; into the line given */
    size_t length;
};

/*
 * Finds "==123== " in a line, or with --time-stamp=yes "==00:00:00:01.234 123== ". It need not be at
 * the beginning: what gathers logs puts stamps and names before it, and a program may have left its own
 * line open. False where there is none.
 */
bool valgrind_line_parse(const char *line, size_t length, struct valgrind_line *parsed);

/* Whether the text is a frame: "   at 0x4011AC: gate (unlocked_counter.c:27)", "   by 0x...". */
bool valgrind_line_is_frame(const char *text, size_t length);
/* Fills a zeroed frame from such a text; its strings are from malloc. Files come as the text has
 * them: with a folder only where --fullpath-after was given. */
void valgrind_line_frame(const char *text, size_t length, struct frame *frame);

#endif
