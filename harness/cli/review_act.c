#include "cli/review.h"

#include "corpus/lesson.h"
#include "model/memory.h"
#include "present/review_answer.h"

#include <stdlib.h>
#include <time.h>

static struct truth_job *ask(struct review *review, const struct shown *program,
                             const struct pair *source, enum polarity polarity)
{
    unsigned limit_ms = polarity == BUGGY ? lesson_limit_ms(&source->lesson) : 0;
    return truth_ask(review->truth, program->text, program->length, (limit_ms + 999) / 1000);
}

static struct truth_job *ask_round(struct review *review, const struct round *round)
{
    const struct candidate *what = &round->what;
    return ask(review, &round->program, what->change ? what->change : what->pair, what->polarity);
}

static void drop_round(struct review *review)
{
    truth_drop(review->program);
    for (size_t i = 0; i < review->option_count && review->options; i++)
        truth_drop(review->options[i]);
    free(review->options);
    review->program = NULL;
    review->options = NULL;
    review->option_count = 0;
}

void review_unask(struct review *review)
{
    drop_round(review);
    truth_drop(review->next);
    review->next = NULL;
}

static bool is_over(const struct truth_job *job)
{
    enum truth_state state = truth_said(job).state;
    return state == TRUTH_THERE || state == TRUTH_NONE;
}

/* The right patch was run as the corpus has it, many times; a wrong one is to tell why it is wrong. */
static void ask_options(struct review *review, const struct round *round)
{
    review->option_count = round->option_count;
    review->options = xcalloc(round->option_count + 1, sizeof(struct truth_job *));
    for (size_t i = 0; i < round->option_count; i++) {
        const struct patch_option *option = &round->options[i];
        if (!option->right)
            review->options[i] =
                ask(review, &option->program, option->change ? option->change : round->what.pair,
                    option->change ? change_polarity(option->change) : option->twin);
    }
}

void review_ask(struct review *review)
{
    struct session *session = &review->session;
    const struct round *round = session_round(session);
    if (!review->truth || !round)
        return;
    if (review->program && review->asked != session->at) {
        drop_round(review);
        review->program = review->next;
        review->next = NULL;
    }
    review->asked = session->at;
    if (!review->program)
        review->program = ask_round(review, round);
    /* Before the verdict their number would tell that there is a bug, by the time that the processors are at work. */
    if (!review->options && session->stage != STAGE_VERDICT)
        ask_options(review, round);
    if (session->stage == STAGE_TRUTH && !review->next && !review_awaits(review) &&
        session->at + 1 < session->rounds.count)
        review->next = ask_round(review, &session->rounds.items[session->at + 1]);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void review_restart_clock(struct review *review)
{
    review->since = now_ms();
}

void review_clock(struct review *review)
{
    struct answer *answer = session_answer(&review->session);
    uint64_t now = now_ms();
    if (answer && review->session.stage < STAGE_TRUTH && review->since > 0)
        answer->ms += now - review->since;
    review->since = now;
}

/* The first thing that could not be kept is told; the session goes on. */
static void note(struct review *review, int error, char *message)
{
    if (error && !review->unkept)
        review->unkept = message;
    else
        free(message);
}

static void save(struct review *review)
{
    char *message = NULL;
    int error = store_save(review->store, &review->origin, &review->session, &message);
    note(review, error, message);
}

static void append(struct review *review)
{
    const struct round *round = session_round(&review->session);
    const struct answer *answer = session_answer(&review->session);
    struct marks marks;
    struct record record;
    char *message = NULL;
    answer_mark(round, answer, &marks);
    record_fill(&record, time(NULL), review->origin.seed, round, answer, &marks);
    int error = store_append(review->store, &record, &message);
    note(review, error, message);
    record_release(&record);
}

/* An answer that was taken is on the disk before the next question is asked. */
static bool keep(struct review *review, bool taken)
{
    if (!taken)
        return false;
    if (review->session.stage == STAGE_TRUTH)
        append(review);
    save(review);
    return true;
}

bool review_judge(struct review *review, enum review_verdict verdict)
{
    review_clock(review);
    return keep(review, session_judge(&review->session, verdict));
}

bool review_lines(struct review *review)
{
    review_clock(review);
    return keep(review, session_lines(&review->session));
}

bool review_classify(struct review *review, enum defect defect)
{
    review_clock(review);
    return keep(review, session_class(&review->session, defect));
}

bool review_pick(struct review *review, size_t option)
{
    review_clock(review);
    return keep(review, session_patch(&review->session, option));
}

bool review_next(struct review *review)
{
    if (!session_next(&review->session))
        return false;
    review_restart_clock(review);
    save(review);
    return true;
}

const char *review_hint(struct review *review)
{
    const char *hint = session_hint(&review->session);
    if (hint)
        save(review);
    return hint;
}

bool review_begun(const struct review *review)
{
    const struct session *session = &review->session;
    return session->at > 0 || session->stage != STAGE_VERDICT || session->answers[0].hints > 0;
}

void review_leave(struct review *review)
{
    if (review->session.stage == STAGE_OVER || !review_begun(review))
        return;
    review_clock(review);
    save(review);
}

char *review_question(struct review *review)
{
    const struct round *round = session_round(&review->session);
    switch (review->session.stage) {
    case STAGE_VERDICT:
        return xstrdup(round->what.form == REVIEW_DIFF
                           ? "Accept or reject this change of a correct program?"
                           : "Accept or reject this program?");
    case STAGE_LINES:
        return xstrdup("There is a bug. Mark the lines that take part in it.");
    case STAGE_CLASS:
        return xstrdup("What is it?");
    case STAGE_PATCH:
        return xasprintf("Which patch mends it, A to %c?", (int)('A' + round->option_count - 1));
    case STAGE_TRUTH:
        return xstrdup("The truth of this round.");
    case STAGE_OVER:
        break;
    }
    return xstrdup("The session is over.");
}

static struct review_said said_of(const struct review *review, const struct truth_job *job)
{
    if (!job)
        return (struct review_said){.awaited = review->truth, .trouble = review->no_truth};
    struct truth_said said = truth_said(job);
    return (struct review_said){.awaited = !is_over(job),
                                .check = said.check,
                                .schedule = said.schedule,
                                .trouble = said.trouble};
}

void review_truth_page(struct review *review, struct page *page)
{
    const struct round *round = session_round(&review->session);
    struct review_said program = said_of(review, review->program);
    struct review_said *options = xcalloc(round->option_count + 1, sizeof(*options));
    for (size_t i = 0; i < review->option_count && review->options; i++)
        options[i] =
            review->options[i] ? said_of(review, review->options[i]) : (struct review_said){0};
    review_answer_page(page, round, session_answer(&review->session), &program,
                       review->options ? options : NULL);
    free(options);
}

bool review_awaits(const struct review *review)
{
    bool awaits = review->program && !is_over(review->program);
    for (size_t i = 0; i < review->option_count && review->options; i++)
        awaits = awaits || (review->options[i] && !is_over(review->options[i]));
    return awaits;
}
