/* The matrix as JSON (jansson). The schema is described in json.md beside this file. */
#ifndef RACELAB_PRESENT_JSON_H
#define RACELAB_PRESENT_JSON_H

#include "judge/matrix.h"

/* Raised when a member changes its meaning or goes; a new member does not raise it. */
#define JSON_SCHEMA 1

/*
 * Writes the matrix to `path`; "-" is standard output. A file is written beside its place and then
 * renamed, so that a failure leaves what stood there. Returns 0 or a negative errno.
 */
int json_write(const char *path, const struct matrix *matrix);

#endif
