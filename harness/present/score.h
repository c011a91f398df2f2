/* The score of the detectors for people, as Markdown and as JSON (json.md). */
#ifndef RACELAB_PRESENT_SCORE_H
#define RACELAB_PRESENT_SCORE_H

#include "judge/score.h"
#include "present/style.h"

/* Three tables, families by detectors: line-exact recall, recall, precision; each with its counts. */
void score_print(FILE *out, const struct style *style, const struct score *score);
/* The same three as Markdown tables. Returns 0 or a negative errno. */
int score_write_markdown(const char *path, const struct score *score);
/* Writes as json_save() does. */
int score_write_json(const char *path, const struct score *score);

/*
 * Adds what a file holds that `racelab run --json` wrote. Returns NULL, or a sentence (from malloc) on
 * what is wrong with the file.
 */
char *score_read(const char *path, struct score *score);

#endif
