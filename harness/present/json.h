/* The matrix as JSON (jansson). The schema is described in json.md beside this file. */
#ifndef RACELAB_PRESENT_JSON_H
#define RACELAB_PRESENT_JSON_H

#include "judge/matrix.h"

/* Raised when a member changes its meaning or goes; a new member does not raise it. */
#define JSON_SCHEMA 1

/* Writes the matrix as json_save() does. */
int json_write(const char *path, const struct matrix *matrix);
/* The same for one explanation. */
int json_write_explanation(const char *path, const struct explanation *explanation);

#endif
