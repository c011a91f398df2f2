/* The review in the page of a run: which rounds it has, and the runs of the changes that they show. */
#ifndef RACELAB_CLI_RUN_REVIEW_H
#define RACELAB_CLI_RUN_REVIEW_H

#include "cli/choice.h"
#include "present/html.h"

struct run_review {
    struct rounds rounds;
    struct selection changes; /* among their programs and patches */
    struct selection pairs;   /* whose twins are among them */
    struct matrix changes_run;
    struct matrix pairs_searched;
    struct html_review html; /* of all this; for html_write_run() */
};

/*
 * Draws the rounds of these pairs, the same at every time; refuses changes with complaints. Returns STATUS_KEPT, or another
 * status after a message; release it in every case, before the corpus.
 */
int run_review_draw(const struct corpus *corpus, const struct selection *selection,
                    struct run_review *review);
/* Runs the changes as choice_run() does. A round's truth has the schedule that fails: where `choice` does not search, they
 * are searched besides, and so are the pairs. */
int run_review_run(const struct lab *lab, const struct choice *choice, struct run_review *review);
void run_review_release(struct run_review *review);

#endif
