/* The result of a search through schedules as JSON (jansson): the section on `racelab explore` of json.md beside this file. */
#ifndef RACELAB_PRESENT_JSON_EXPLORATION_H
#define RACELAB_PRESENT_JSON_EXPLORATION_H

#include <jansson.h>

#include "model/exploration.h"

/* What the members `format` and `version` say. */
#define EXPLORATION_FORMAT  "racelab-explore"
#define EXPLORATION_VERSION 1

/* As one value, which the caller owns; its text is as json_check()'s. NULL where memory is short. */
json_t *json_exploration(const struct exploration *exploration);
/* Writes that as json_save() does. */
int json_write_exploration(const char *path, const struct exploration *exploration);

#endif
