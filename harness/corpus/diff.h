/* The difference of two texts, by lines. */
#ifndef RACELAB_CORPUS_DIFF_H
#define RACELAB_CORPUS_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct text_line {
    const char *text; /* inside the source, without the newline */
    size_t length;
};

struct text_lines {
    struct text_line *items;
    size_t count;
};

/* One place at which the texts differ. `first` counts from 0; where `count` is 0, it is the line
 * before which the other text has more. */
struct hunk {
    size_t first[2];
    size_t count[2];
};

struct hunks {
    struct hunk *items; /* in order */
    size_t count;
};

/* The source must outlive the lines. */
void lines_read(const char *source, size_t length, struct text_lines *lines);
void lines_release(struct text_lines *lines);

/*
 * The fewest lines to take out of the first text and to add from the second, and of such differences
 * one with the fewest hunks. Takes time and memory (8 bytes) for each pair of lines of the two.
 * `hunks` must be zeroed; release it with hunks_release().
 */
void diff_lines(const struct text_lines *first, const struct text_lines *second,
                struct hunks *hunks);
/* The lines that are taken out or added. */
size_t hunks_changed(const struct hunks *hunks);
void hunks_release(struct hunks *hunks);

#endif
