/* The truth of a round, told when it was judged: what it was, what the trainee made of it, and what was run of it. */
#ifndef RACELAB_PRESENT_REVIEW_ANSWER_H
#define RACELAB_PRESENT_REVIEW_ANSWER_H

#include "present/review_page.h"
#include "review/session.h"

/* What running a program gave. All NULL and false: it was not to be run. */
struct review_said {
    bool awaited;         /* there is more to come */
    const char *check;    /* what `racelab check` prints of it */
    const char *schedule; /* the schedule that fails, step by step */
    const char *trouble;  /* why there is nothing */
};

/* `options`: of each option of the round; NULL: none of them was to be run. */
void review_answer_page(struct page *page, const struct round *round, const struct answer *answer,
                        const struct review_said *program, const struct review_said *options);

#endif
