/* The roadmap for people and as JSON (json.md). */
#ifndef RACELAB_PRESENT_ROADMAP_H
#define RACELAB_PRESENT_ROADMAP_H

#include "present/style.h"
#include "review/progress.h"

struct roadmap_options {
    bool one; /* this station alone, with the titles of its pairs */
    enum station station;
    bool
        known; /* how far the trainee is; else all pairs would pass for new, and nothing is said of it */
};

/* Stations with their pairs in learning order, before each pair a word for how well it is known, which is explained; then the next
 * pair to try. */
void roadmap_print(FILE *out, const struct style *style, const struct progress *progress,
                   const struct roadmap_options *options);
/* Writes as json_save() does. */
int roadmap_write_json(const char *path, const struct progress *progress,
                       const struct roadmap_options *options);

#endif
