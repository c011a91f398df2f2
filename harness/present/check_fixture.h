/* Results of checks built by hand, for the tests of their presenters. */
#ifndef RACELAB_PRESENT_CHECK_FIXTURE_H
#define RACELAB_PRESENT_CHECK_FIXTURE_H

#include "judge/bug.h"

struct check_fixture {
    struct inspection inspection;
    struct bugs bugs;
    struct explanation explanation; /* of the hang, where there is one */
};

/* A deadlock that happened, a race, an inverted lock order and a known race; a detector that is missing,
 * a run that proves nothing and one that crashed. */
void fixture_shop(struct check_fixture *fixture);
/* Two detectors ran and saw nothing. */
void fixture_quiet(struct check_fixture *fixture);
/* One bug, with HOSTILE in every text that a program, a tool or a path can have. */
void fixture_hostile(struct check_fixture *fixture);
void fixture_release(struct check_fixture *fixture);

/* Terminal escapes, markup, the ends of CDATA and comments, invalid UTF-8, control characters, what
 * reorders text, a newline that would forge a line, and what SARIF takes for a link. */
#define HOSTILE                                                                                    \
    "<script>]]>--&\"'\033[31m\xff\x01\x7f\xe2\x80\xae"                                            \
    "evil\n0 bugs {0} [a](http://b)"

/* A source_line_fn: "shop.c" below any folder has lines of C, no other file is there. */
char *fixture_line(const char *file, int line, void *unused);

#endif
