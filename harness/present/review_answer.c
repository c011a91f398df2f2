#include "present/review_answer.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static void heading(struct page *page, const char *text)
{
    if (page->count > 0)
        page_add(page, LOOK_PLAIN, 0, "%s", "");
    page_add(page, LOOK_HEADING, 2, "%s", text);
}

static void add_text(struct page *page, const char *key, const char *text)
{
    if (text && *text)
        page_add(page, LOOK_PLAIN, 2, "%s: %s", key, text);
}

static char letter(size_t option)
{
    return (char)('A' + option);
}

/* What was shown: a twin, or a change of one. */
static const struct pair *shown_pair(const struct round *round)
{
    return round->what.change ? round->what.change : round->what.pair;
}

static void tell_classes(struct page *page, const struct round *round, const struct answer *answer,
                         const struct marks *marks)
{
    char *right = xstrdup("");
    for (enum defect d = 0; d < DEFECT_COUNT; d++) {
        if (!round->classes[d])
            continue;
        char *more = xasprintf("%s%s%s", right, *right ? "; or " : "", review_class(d));
        free(right);
        right = more;
    }
    if (answer->defect < 0)
        page_add(page, LOOK_PLAIN, 2, "It is %s.", right);
    else if (marks->class_right)
        page_add(page, LOOK_RIGHT, 2, "Class: right, %s.",
                 review_class((enum defect)answer->defect));
    else
        page_add(page, LOOK_WRONG, 2, "Class: wrong, it is %s; you said %s.", right,
                 review_class((enum defect)answer->defect));
    free(right);
}

static void tell_patch(struct page *page, const struct round *round, const struct answer *answer,
                       const struct marks *marks)
{
    if (answer->option < 0 || !marks->patch_asked)
        return;
    if (marks->patch_right)
        page_add(page, LOOK_RIGHT, 2, "Patch: right, %c mends it.", letter((size_t)answer->option));
    else
        page_add(page, LOOK_WRONG, 2, "Patch: wrong, you took %c, and %c mends it.",
                 letter((size_t)answer->option), letter(round->right_option));
}

static void tell_result(struct page *page, const struct round *round, const struct answer *answer)
{
    struct marks marks;
    answer_mark(round, answer, &marks);
    page_add(page, marks.verdict_right ? LOOK_RIGHT : LOOK_WRONG, 2,
             "There is %s bug, and you %s it: %u of 100 points.", marks.guilty ? "a" : "no",
             answer->verdict == REVIEW_ACCEPTED ? "accepted" : "rejected", marks.points);
    if (marks.guilty && answer->verdict == REVIEW_REJECTED)
        page_add(page, LOOK_PLAIN, 2,
                 "Lines: %zu of %zu found, with %zu marked (precision %.0f %%, recall %.0f %%).",
                 marks.hit, marks.wanted, marks.marked, 100 * marks.precision, 100 * marks.recall);
    if (marks.guilty)
        tell_classes(page, round, answer, &marks);
    tell_patch(page, round, answer, &marks);
    if (answer->hints > 0)
        page_add(page, LOOK_PLAIN, 2, "Hints: %u, %u points off.", answer->hints, marks.price);
}

static void tell_lesson(struct page *page, const struct round *round)
{
    const struct pair *pair = round->what.pair;
    const struct pair *shown = shown_pair(round);
    bool innocent = round->what.polarity == FIXED;
    heading(page, "What it was");
    page_add(page, LOOK_PLAIN, 2, "%s/%s.c: %s", polarity_word(round->what.polarity), shown->id,
             shown->lesson.title ? shown->lesson.title : "");
    if (shown != pair) {
        add_text(page, innocent ? "Why it is right" : "Why it is wrong", shown->lesson.why);
        page_add(page, LOOK_PLAIN, 2, "It is a change of %s: %s", pair->id,
                 pair->lesson.title ? pair->lesson.title : "");
    }
    if (innocent && shown == pair)
        add_text(page, "Why it is right", pair->lesson.fix);
    add_text(page, innocent ? "What the buggy twin does" : "Wrong", pair->lesson.wrong);
    add_text(page, "Why", pair->lesson.why);
    if (!innocent || shown != pair)
        add_text(page, "Fix", pair->lesson.fix);
    page_add(page, LOOK_PLAIN, 2, "The lesson: racelab show %s", pair->id);
}

/* The text of shown line `index` + 1, from malloc. */
static char *line_text(const struct shown *program, size_t index)
{
    const char *at = program->text;
    for (size_t i = 0; i < index; i++)
        at += strcspn(at, "\n") + 1;
    at += strspn(at, " ");
    return xstrndup(at, strcspn(at, "\n"));
}

static void tell_lines(struct page *page, const struct round *round, const struct answer *answer)
{
    bool any = false;
    for (size_t i = 0; i < round->program.line_count; i++) {
        bool marked = answer->marked && i < answer->line_count && answer->marked[i];
        enum line_part part = round->parts[i];
        if (part != LINE_WANTED && !marked)
            continue;
        if (!any)
            heading(page, "The lines");
        any = true;
        const char *label = part == LINE_WANTED && marked ? "found"
                            : part == LINE_WANTED && answer->verdict == REVIEW_ACCEPTED
                                ? "part of it"
                            : part == LINE_WANTED  ? "missed"
                            : part == LINE_NEUTRAL ? "beside it"
                                                   : "no part";
        enum page_look look = part == LINE_NEUTRAL                        ? LOOK_PLAIN
                              : (part == LINE_WANTED) == marked && marked ? LOOK_RIGHT
                              : part == LINE_NONE || answer->verdict != REVIEW_ACCEPTED
                                  ? LOOK_WRONG
                                  : LOOK_PLAIN;
        char *text = line_text(&round->program, i);
        page_add(page, look, 19, "%-12s %4zu  %s", label, i + 1, text);
        free(text);
    }
}

/* Why a detector is silent, or flags what is right, in the words of the annotations. */
static void tell_reasons(struct page *page, const struct round *round)
{
    const struct promises *promises =
        &shown_pair(round)->twin[round->what.polarity].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        bool concerns = round->what.polarity == BUGGY ? promise->kind == PROMISE_BUG
                                                      : promise->kind == PROMISE_ALARM;
        char *label = promise_label(promise);
        for (size_t e = 0; concerns && e < promise->exception_count; e++) {
            const struct exception *exception = &promise->exceptions[e];
            const char *what = exception->kind == EXCEPTION_BLIND  ? "says nothing of"
                               : exception->kind == EXCEPTION_RATE ? "sees in some runs only"
                                                                   : "reports, though it is none,";
            page_add(page, LOOK_PLAIN, 2, "%s%s%s %s %s: %s", exception->detector,
                     relation_word(exception->relation),
                     exception->version ? exception->version : "", what, label, exception->reason);
        }
        free(label);
    }
}

static void tell_said(struct page *page, const struct review_said *said)
{
    if (said->check)
        page_add_output(page, said->check);
    if (said->schedule) {
        page_add(page, LOOK_PLAIN, 0, "%s", "");
        page_add(page, LOOK_HEADING, 2, "The schedule that fails, step by step:");
        page_add_output(page, said->schedule);
    }
    if (said->trouble)
        page_add(page, LOOK_WRONG, 2, "%s", said->trouble);
    if (said->awaited)
        page_add(page, LOOK_HEADING, 2, "The detectors are still at work on it.");
}

static void tell_option(struct page *page, const struct round *round, size_t index,
                        const struct review_said *said)
{
    const struct patch_option *option = &round->options[index];
    static const char *const kinds[] = {
        [PATCH_NONE] = "wrong",
        [PATCH_MOVES] = "wrong, the bug is elsewhere now, or half mended",
        [PATCH_HIDES] = "wrong, the bug is still there, and a detector that reported it is silent",
        [PATCH_SERIAL] = "wrong, the bug is gone with the concurrency",
    };
    char *title =
        xasprintf("Patch %c: %s", letter(index), option->right ? "right" : kinds[option->kind]);
    heading(page, title);
    add_text(page, "Why", option->why);
    page_add_diff(page, option->diff);
    if (!option->right && said)
        tell_said(page, said);
    free(title);
}

void review_answer_page(struct page *page, const struct round *round, const struct answer *answer,
                        const struct review_said *program, const struct review_said *options)
{
    tell_result(page, round, answer);
    tell_lines(page, round, answer);
    tell_lesson(page, round);
    heading(page, "What the detectors say of it");
    tell_reasons(page, round);
    tell_said(page, program);
    if (!program->awaited && !program->check && !program->trouble)
        page_add(page, LOOK_PLAIN, 2, "They were not run (--no-run).");
    for (size_t i = 0; i < round->option_count; i++)
        tell_option(page, round, i, options ? &options[i] : NULL);
}
