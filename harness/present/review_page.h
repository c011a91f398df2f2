/* What a review shows, line by line and for any width: the full screen breaks long lines, the line mode prints them. */
#ifndef RACELAB_PRESENT_REVIEW_PAGE_H
#define RACELAB_PRESENT_REVIEW_PAGE_H

#include "corpus/shown.h"

#include <stdbool.h>

enum page_look {
    LOOK_PLAIN,
    LOOK_HEADING,
    LOOK_ADDED,
    LOOK_REMOVED,
    LOOK_PLACE, /* where a hunk begins */
    LOOK_RIGHT,
    LOOK_WRONG,
};

struct page_line {
    char *text; /* inert, without a newline */
    enum page_look look;
    int hang;   /* columns by which its further rows are indented, where it is broken */
    int number; /* the line of the shown program that it is; 0: none */
    char sign;  /* '+' or '-' of a change, else ' ' */
};

struct page {
    struct page_line *lines;
    size_t count;
    bool code; /* its lines have numbers and signs */
};

/* Adds a line; what comes from programs cannot steer the terminal. */
void page_add(struct page *page, enum page_look look, int hang, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Every line of a tool's output, its further rows indented as it is itself. */
void page_add_output(struct page *page, const char *text);
/* The lines of a unified diff as text, with their signs. */
void page_add_diff(struct page *page, const char *diff);
/* The program with its numbers. `diff` led to it, and its added lines have their sign; NULL: none. */
void page_program(struct page *page, const struct shown *program, const char *diff);
/* A unified diff; its lines are numbered as in the program after it. */
void page_diff(struct page *page, const char *diff);
void page_release(struct page *page);

#endif
