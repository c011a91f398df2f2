/* The review in the page of a run: which rounds it has, and the runs of the changes that they show. */
#ifndef RACELAB_CLI_RUN_REVIEW_H
#define RACELAB_CLI_RUN_REVIEW_H

#include "cli/choice.h"
#include "present/html.h"

struct run_review {
    struct rounds rounds;
    struct matrix changes;
    struct html_review html; /* of these two; for html_write_run() */
};

/*
 * Draws the rounds, the same at every time, and runs the changes among their programs and patches under the detectors of
 * `choice`. Returns STATUS_KEPT, or another status after a message; release it in every case, before the corpus.
 */
int run_review_make(const struct lab *lab, const struct corpus *corpus, const struct choice *choice,
                    const struct selection *selection, struct run_review *review);
void run_review_release(struct run_review *review);

#endif
