/*
 * The result of a check as JUnit XML, as Jenkins, GitLab and others read it (there is no standard; the elements
 * are those of Ant's and Maven Surefire's reports).
 *
 * A test suite a detector has a test case a run: passed where the run proves something, error where it does not,
 * skipped where the detector did not run. The suite "bugs" has a test case a bug: failed, or skipped
 * where the bug is known. Without a bug there is no such suite.
 */
#ifndef RACELAB_PRESENT_JUNIT_H
#define RACELAB_PRESENT_JUNIT_H

#include "judge/bug.h"

/* Writes it as save() does. `line` gives the source around a site; NULL: none is shown. */
int junit_write(const char *path, const struct inspection *inspection, const struct bugs *bugs,
                source_line_fn *line, void *user);

#endif
