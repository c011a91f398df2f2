/* The result of a check as JSON (jansson): the last section of json.md beside this file. */
#ifndef RACELAB_PRESENT_JSON_CHECK_H
#define RACELAB_PRESENT_JSON_CHECK_H

#include <jansson.h>

#include "judge/bug.h"

/* What the members `format` and `version` say. */
#define CHECK_FORMAT  "racelab-check"
#define CHECK_VERSION 1

/*
 * All of the check as one value, which the caller owns: the bugs in their order, known ones too.
 * Its text is valid UTF-8 and otherwise what programs and tools said, with `<`, control characters
 * and all: who shows it makes it harmless. NULL where memory is short.
 */
json_t *json_check(const struct inspection *inspection, const struct bugs *bugs);
/* Writes that as json_save() does. */
int json_write_check(const char *path, const struct inspection *inspection,
                     const struct bugs *bugs);

/* The lists `sites` and `backgrounds` of a finding; without an inspection (NULL) paths are told as the
 * tool told them. */
json_t *json_sites(const struct inspection *inspection, const struct finding *finding);
json_t *json_backgrounds(const struct inspection *inspection, const struct finding *finding);

#endif
