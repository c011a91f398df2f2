/* What the pages of present/html.h are made of. */
#ifndef RACELAB_PRESENT_HTML_PAGE_H
#define RACELAB_PRESENT_HTML_PAGE_H

#include "judge/matrix.h"
#include "model/exploration.h"
#include "present/source.h"

#include <jansson.h>
#include <stdio.h>

/* The page with the marks @TITLE@, @PLAIN@ and @DATA@, each once and in this order; NUL-terminated.
 * Made by page/embed.cmake. */
extern const char html_template[];

/* Bytes of one tool's report for people that a page holds at most. */
enum { HTML_RAW_CAP = 16 << 10 };

/* What stands in <noscript>, as HTML. */
typedef void html_plain_fn(FILE *out, const void *user);

/*
 * Writes a page to `path` as save() does. `data`, which is taken over, may hold any text
 * (NULL: memory was short). Returns 0 or a negative errno.
 */
int html_page_write(const char *path, const char *title, json_t *data, html_plain_fn *plain,
                    const void *user);

/* Writes text so that it is nothing but text in HTML, in attributes too. What steers a terminal or
 * the direction of writing is spelt out. */
void html_print_text(FILE *out, const char *text);

/* `length` bytes as a JSON string; where they are no valid UTF-8, up to the first NUL and with the
 * wrong ones spelt out. */
json_t *html_source_json(const char *text, size_t length);
/* Adds a file to the object `texts` under the path that it is told by, where it is there, has at most 1 MB and `texts` will
 * have no more than 8 MB; *bytes is what that has. */
void html_add_source(json_t *texts, const char *path, struct sources *sources, const char *file,
                     size_t *bytes);
/* Adds so the files of a schedule's steps. */
void html_add_steps(json_t *texts, const struct exploration *exploration, struct sources *sources,
                    size_t *bytes);
/* A report for people, cut at HTML_RAW_CAP with a note of what is left out; null for NULL. */
json_t *html_raw_json(const char *raw);
/* Cuts the member `raw` of each of a list's objects so. */
void html_cut_reports(json_t *list);
/* What was said of one row of a matrix, a cell a detector; and the source of a twin with its promises. */
json_t *html_cells_json(const struct matrix *matrix, size_t row);
json_t *html_twin_json(const struct pair *pair, enum polarity polarity);

#endif
