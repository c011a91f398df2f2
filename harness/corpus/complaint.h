/* What is wrong with the corpus, by file and line. */
#ifndef RACELAB_CORPUS_COMPLAINT_H
#define RACELAB_CORPUS_COMPLAINT_H

#include <stddef.h>
#include <stdio.h>

struct complaint {
    char *file;
    int line; /* 1-based; 0 for the file as a whole */
    char *text;
};

struct complaints {
    struct complaint *items;
    size_t count;
};

void complaints_add(struct complaints *complaints, const char *file, int line, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
/* "FILE:LINE: error: TEXT" and a newline, as compilers have it. */
void complaint_print(FILE *out, const struct complaint *complaint);
void complaints_release(struct complaints *complaints);

#endif
