/*
 * What a trainee sees of a program: its code without any comment, so that neither promises nor lessons tell the answer.
 * A line that held nothing but comments is left out, blank lines at the beginning and in a row too, and the rest is
 * numbered anew: gaps in the numbers would tell where an annotation stood.
 */
#ifndef RACELAB_CORPUS_SHOWN_H
#define RACELAB_CORPUS_SHOWN_H

#include <stddef.h>

struct shown {
    char *text; /* each line ends with a newline */
    size_t length;
    size_t line_count;
    int *sources; /* of shown line i + 1, the line of the source that it stands on */
};

/* `shown` need not be initialised; release it with shown_release(). */
void shown_make(const char *source, size_t length, struct shown *shown);
/* The shown line of a line of the source; 0: nothing of that line is shown. */
int shown_line(const struct shown *shown, int source_line);
void shown_release(struct shown *shown);

/*
 * The difference of two shown programs in the unified format, three lines of context, both sides named `program.c`; from
 * malloc. Empty where there is none.
 */
char *shown_diff(const struct shown *from, const struct shown *to);

#endif
