/* What all JSON of racelab shares (jansson). */
#ifndef RACELAB_PRESENT_JSON_VALUE_H
#define RACELAB_PRESENT_JSON_VALUE_H

#include <jansson.h>

#include "model/explanation.h"
#include "model/verdict.h"
#include "model/finding.h"

/* Tools and programs may say anything; JSON holds valid UTF-8 alone. null for NULL. */
json_t *json_text(const char *text);

/* A list of `verdict` and `text`. */
json_t *json_remarks(const struct cell_verdict *cell);

/* null where nobody looked. */
json_t *json_explanation(const struct explanation *explanation);

/* A place of a finding, without its stack; `file` is its path as it is to be told, or NULL. */
json_t *json_site(const struct site *site, const char *file);

/* Writes the value, which it takes over (NULL: memory was short), as save() does. */
int json_save(const char *path, json_t *json);

#endif
