#include "review/session.h"

#include "model/memory.h"

#include <stdlib.h>

/* What a part of a guilty round is worth, in points. */
enum { VERDICT_POINTS = 30, LINES_POINTS = 30, CLASS_POINTS = 20, PATCH_POINTS = 20 };
/* Of an innocent one the verdict is all there is. */
enum { INNOCENT_POINTS = VERDICT_POINTS + LINES_POINTS + CLASS_POINTS + PATCH_POINTS };

static const unsigned hint_prices[REVIEW_HINTS] = {10, 20, 30};

void session_init(struct session *session, struct rounds *rounds)
{
    *session = (struct session){.rounds = *rounds, .stage = STAGE_VERDICT};
    *rounds = (struct rounds){0};
    if (session->rounds.count == 0) {
        session->stage = STAGE_OVER;
        return;
    }
    session->answers = xcalloc(session->rounds.count, sizeof(*session->answers));
    for (size_t i = 0; i < session->rounds.count; i++) {
        size_t lines = session->rounds.items[i].program.line_count;
        session->answers[i] = (struct answer){
            .marked = xcalloc(lines + 1, sizeof(bool)),
            .line_count = lines,
            .defect = -1,
            .option = -1,
        };
    }
}

void session_release(struct session *session)
{
    for (size_t i = 0; i < session->rounds.count; i++)
        free(session->answers[i].marked);
    free(session->answers);
    rounds_release(&session->rounds);
    *session = (struct session){.stage = STAGE_OVER};
}

struct round *session_round(struct session *session)
{
    return session->stage == STAGE_OVER ? NULL : &session->rounds.items[session->at];
}

struct answer *session_answer(struct session *session)
{
    return session->stage == STAGE_OVER ? NULL : &session->answers[session->at];
}

bool session_judge(struct session *session, enum review_verdict verdict)
{
    if (session->stage != STAGE_VERDICT || verdict == REVIEW_UNDECIDED)
        return false;
    bool guilty = session_round(session)->what.polarity == BUGGY;
    session_answer(session)->verdict = verdict;
    session->stage = guilty && verdict == REVIEW_REJECTED ? STAGE_LINES : STAGE_TRUTH;
    return true;
}

bool session_lines(struct session *session)
{
    if (session->stage != STAGE_LINES)
        return false;
    session->stage = STAGE_CLASS;
    return true;
}

bool session_class(struct session *session, enum defect defect)
{
    if (session->stage != STAGE_CLASS || !review_class(defect))
        return false;
    session_answer(session)->defect = (int)defect;
    session->stage = session_round(session)->option_count > 0 ? STAGE_PATCH : STAGE_TRUTH;
    return true;
}

bool session_patch(struct session *session, size_t option)
{
    if (session->stage != STAGE_PATCH || option >= session_round(session)->option_count)
        return false;
    session_answer(session)->option = (int)option;
    session->stage = STAGE_TRUTH;
    return true;
}

bool session_next(struct session *session)
{
    if (session->stage != STAGE_TRUTH)
        return false;
    session->at++;
    session->stage = session->at < session->rounds.count ? STAGE_VERDICT : STAGE_OVER;
    return true;
}

unsigned session_hint_price(const struct session *session)
{
    if (session->stage == STAGE_TRUTH || session->stage == STAGE_OVER)
        return 0;
    unsigned taken = session->answers[session->at].hints;
    return taken < REVIEW_HINTS ? hint_prices[taken] : 0;
}

const char *session_hint(struct session *session)
{
    if (session_hint_price(session) == 0)
        return NULL;
    return session_round(session)->hints[session_answer(session)->hints++];
}

static void mark_lines(const struct round *round, const struct answer *answer, struct marks *marks)
{
    for (size_t i = 0; i < answer->line_count; i++) {
        marks->wanted += round->parts[i] == LINE_WANTED;
        marks->marked += answer->marked[i] && round->parts[i] != LINE_NEUTRAL;
        marks->hit += answer->marked[i] && round->parts[i] == LINE_WANTED;
    }
    if (marks->marked > 0)
        marks->precision = (double)marks->hit / (double)marks->marked;
    if (marks->wanted > 0)
        marks->recall = (double)marks->hit / (double)marks->wanted;
}

static unsigned guilty_points(const struct marks *marks)
{
    if (!marks->verdict_right)
        return 0;
    unsigned lines = LINES_POINTS + (marks->patch_asked ? 0 : PATCH_POINTS);
    unsigned points = VERDICT_POINTS;
    size_t both = marks->wanted + marks->marked;
    if (both > 0) /* the harmonic mean of precision and recall is 2 hit / both; rounded */
        points += (unsigned)((2 * marks->hit * lines + both / 2) / both);
    points += marks->class_right ? CLASS_POINTS : 0;
    points += marks->patch_right ? PATCH_POINTS : 0;
    return points;
}

void answer_mark(const struct round *round, const struct answer *answer, struct marks *marks)
{
    *marks = (struct marks){.guilty = round->what.polarity == BUGGY};
    marks->verdict_right = answer->verdict == (marks->guilty ? REVIEW_REJECTED : REVIEW_ACCEPTED);
    mark_lines(round, answer, marks);
    marks->class_right = marks->guilty && answer->defect >= 0 && answer->defect < DEFECT_COUNT &&
                         round->classes[answer->defect];
    marks->patch_asked = marks->guilty && round->option_count > 0;
    marks->patch_right =
        marks->patch_asked && answer->option >= 0 && (size_t)answer->option == round->right_option;
    for (unsigned i = 0; i < answer->hints && i < REVIEW_HINTS; i++)
        marks->price += hint_prices[i];
    unsigned points = marks->guilty          ? guilty_points(marks)
                      : marks->verdict_right ? INNOCENT_POINTS
                                             : 0;
    marks->points = points > marks->price ? points - marks->price : 0;
}
