/* What all JSON of racelab shares (jansson). */
#ifndef RACELAB_PRESENT_JSON_VALUE_H
#define RACELAB_PRESENT_JSON_VALUE_H

#include <jansson.h>

#include "model/explanation.h"

/* Tools and programs may say anything; JSON holds valid UTF-8 alone. null for NULL. */
json_t *json_text(const char *text);

/* null where nobody looked. */
json_t *json_explanation(const struct explanation *explanation);

/*
 * Writes the value, which it takes over (NULL: memory was short), to `path`; "-" is standard output.
 * A file is written beside its place and then renamed, so that a failure leaves what stood there.
 * Returns 0 or a negative errno.
 */
int json_save(const char *path, json_t *json);

#endif
