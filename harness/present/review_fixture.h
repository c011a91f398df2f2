/* A corpus with changes (testdata/review) and a run of it built by hand, for the tests of the review in the page. */
#ifndef RACELAB_PRESENT_REVIEW_FIXTURE_H
#define RACELAB_PRESENT_REVIEW_FIXTURE_H

#include "present/html.h"
#include "review/draw.h"

/* The rounds, in order. Only waiting/bell has no wrong patches. */
enum fixture_round {
    ROUND_GUILTY,      /* race/visitors, its buggy program */
    ROUND_INNOCENT,    /* its fixed program */
    ROUND_CHANGE,      /* from the fixed program to the buggy one */
    ROUND_WRONG_PATCH, /* from the fixed program to the patch one_side */
    ROUND_REFACTORING, /* from the fixed program to its refactoring */
    ROUND_HANG,        /* waiting/bell, its buggy program: no patches are offered */
    ROUND_CALM,        /* its fixed program */
    FIXTURE_ROUNDS
};

/*
 * Under tsan, drd and the watchdog. Of the buggy visitors tsan tells both sides of the race, and a schedule that fails was
 * found besides; of the patch one_side drd tells one side; the bell hangs. All else is silent.
 */
struct review_fixture {
    struct corpus corpus;
    struct matrix matrix;
    struct matrix changes;
    struct matrix searched; /* the visitors alone */
    struct rounds rounds;
    struct html_review review;
};

void review_fixture_make(struct review_fixture *fixture);
void review_fixture_release(struct review_fixture *fixture);

#endif
