/*
 * A session on its way: what was answered, what is asked next, what an answer is worth. Pure: no I/O, no clock.
 *
 * A round goes STAGE_VERDICT -> (rejected and guilty: STAGE_LINES -> STAGE_CLASS -> STAGE_PATCH where patches are
 * offered) -> STAGE_TRUTH -> the next round, and after the last STAGE_OVER.
 */
#ifndef RACELAB_REVIEW_SESSION_H
#define RACELAB_REVIEW_SESSION_H

#include "review/round.h"

#include <stdint.h>

enum stage { STAGE_VERDICT, STAGE_LINES, STAGE_CLASS, STAGE_PATCH, STAGE_TRUTH, STAGE_OVER };
#define STAGE_COUNT 6

enum review_verdict { REVIEW_UNDECIDED, REVIEW_ACCEPTED, REVIEW_REJECTED };

struct answer {
    enum review_verdict verdict;
    bool *marked; /* of shown line i + 1 */
    size_t line_count;
    int defect;     /* enum defect; -1: not answered */
    int option;     /* index; -1: not answered */
    unsigned hints; /* taken */
    uint64_t ms; /* from the first sight of the round to the last answer, without interruptions */
};

/* What a round's answers were worth. */
struct marks {
    bool guilty;
    bool verdict_right;
    size_t wanted, marked, hit; /* lines: of the key; marked and not neutral; both */
    double precision, recall;   /* 0 to 1; of no marks at all both are 0 */
    bool class_right;
    bool patch_asked, patch_right;
    unsigned price;  /* of the hints, in points */
    unsigned points; /* 0 to 100, the price taken off */
};

struct session {
    struct rounds rounds;
    struct answer *answers; /* one a round */
    size_t at;              /* the round under way; rounds.count when over */
    enum stage stage;
};

/* Takes over the rounds. */
void session_init(struct session *session, struct rounds *rounds);
void session_release(struct session *session);

struct round *session_round(struct session *session);   /* NULL when over */
struct answer *session_answer(struct session *session); /* NULL when over */

/* Each answers what the stage asks and goes on to the next; false where another stage is under way. */
bool session_judge(struct session *session, enum review_verdict verdict);
bool session_lines(struct session *session); /* as marked in the answer */
bool session_class(struct session *session, enum defect defect);
bool session_patch(struct session *session, size_t option);
bool session_next(struct session *session); /* from the truth */
/* The next hint, or NULL where all were taken or the round is judged to its end. Borrowed. */
const char *session_hint(struct session *session);
/* What the next hint costs, in points; 0: there is none. */
unsigned session_hint_price(const struct session *session);

void answer_mark(const struct round *round, const struct answer *answer, struct marks *marks);

#endif
