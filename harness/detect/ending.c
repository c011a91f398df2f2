#include "detect/ending.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Adds the place of "PROGRAM: FILE:LINE: FUNCTION" that ends at `end`: the first part that ends in a
 * colon and a number. */
static void add_asserted_place(const char *line, const char *end, struct finding *finding)
{
    const char *at = memmem(line, (size_t)(end - line), ": ", 2);
    const char *file = at ? at + 2 : line;
    for (at = file; (at = memchr(at, ':', (size_t)(end - at))); at++) {
        size_t digits = strspn(at + 1, "0123456789");
        if (digits == 0 || digits > 9 || at[1 + digits] != ':')
            continue;
        struct site *site = finding_add_site(finding);
        site->file = xstrndup(file, (size_t)(at - file));
        site->line = atoi(at + 1); /* NOLINT(cert-err34-c): nine digits at most */
        return;
    }
}

/*
 * glibc writes a failed assert as "PROGRAM: FILE:LINE: FUNCTION: Assertion `EXPRESSION' failed."
 * (glibc 2.36, assert/assert.c). Returns the text after the line read, or NULL at the end.
 */
static const char *read_assertion(const struct target *target, const char *line,
                                  struct report *report)
{
    const char *newline = strchr(line, '\n');
    size_t length = newline ? (size_t)(newline - line) : strlen(line);
    const char *mark = memmem(line, length, ": Assertion `", 13);
    const char *own = target->own_source;
    if (mark) {
        const char *quote = memrchr(mark, '\'', length - (size_t)(mark - line));
        struct finding *finding = findings_add(&report->findings, DEFECT_WRONG_RESULT);
        const char *text = mark + 13;
        finding->message =
            quote && quote > text
                ? xasprintf("wrong result: assertion `%.*s` failed", (int)(quote - text), text)
                : xstrdup("wrong result: an assertion failed");
        if (!own || memmem(line, length, own, strlen(own)))
            add_asserted_place(line, mark, finding);
    }
    return newline ? newline + 1 : NULL;
}

static void trouble(struct report *report, char *text)
{
    if (report->trouble)
        free(text);
    else
        report->trouble = text;
}

static char *joined(const struct explanation *explanation)
{
    /* A cycle is called a deadlock by its own sentence. */
    char *text = xstrdup(explanation->stuck == STUCK_HANG   ? "hang: "
                         : explanation->sentence_count == 0 ? "hang: every thread waits without end"
                                                            : "");
    for (size_t i = 0; i < explanation->sentence_count; i++) {
        char *longer = xasprintf("%s%s%s", text, i > 0 ? "; " : "", explanation->sentences[i]);
        free(text);
        text = longer;
    }
    return text;
}

static void copy_places(const struct stuck_thread *thread, struct stack *stack)
{
    for (size_t i = 0; i < thread->frame_count; i++) {
        const struct place *place = &thread->frames[i];
        struct frame *frame = stack_push(stack);
        frame->function = place->function ? xstrdup(place->function) : NULL;
        frame->file = place->file ? xstrdup(place->file) : NULL;
        frame->module = place->module ? xstrdup(place->module) : NULL;
        frame->line = place->line;
    }
}

static bool is_ok(const struct target *target, int status)
{
    bool ok = status == 0;
    for (size_t i = 0; i < target->ok_status_count; i++)
        ok = ok || target->ok_status[i] == status;
    return ok;
}

/* A hang stands where its threads wait. */
static void add_hang(const struct target *target, struct report *report)
{
    const struct explanation *explanation = &report->explanation;
    struct finding *finding = findings_add(&report->findings, DEFECT_HANG);
    finding->message = joined(explanation);
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        const struct place *place = stuck_thread_place(thread);
        if (!thread->stuck || !place || (target->own_source && (!place->file || place->line == 0)))
            continue;
        struct site *site = finding_add_site(finding);
        site->file = place->file && place->line > 0 ? xstrdup(place->file) : NULL;
        site->line = place->line;
        site->function = place->function ? xstrdup(place->function) : NULL;
        site->thread = xstrdup(thread->label);
        copy_places(thread, &site->stack);
        site->act =
            xasprintf("waits for %s", thread->waiting.name ? thread->waiting.name
                                                           : wait_for_word(thread->waiting.what));
    }
    if (finding->site_count == 0 && target->own_source)
        trouble(report, xasprintf("it hangs, but no thread could be seen to wait in %s%s%s",
                                  target->own_source, explanation->trouble ? ": " : "",
                                  explanation->trouble ? explanation->trouble : ""));
}

void ending_read(const struct target *target, const struct run_outcome *outcome,
                 struct report *report)
{
    size_t before = report->findings.count;
    for (const char *line = outcome->err.text; line && *line;)
        line = read_assertion(target, line, report);
    bool asserted = report->findings.count > before;

    /* At its time limit a service is busy as it should be: of a program of the corpus, which ends by itself,
     * that is a livelock. */
    bool stuck = report->explanation.stuck == STUCK_BUSY ? target->own_source != NULL
                                                         : report->explanation.stuck != STUCK_NOT;
    if (outcome->end == RUN_HUNG || stuck)
        add_hang(target, report);
    switch (outcome->end) {
    case RUN_EXITED:
        if (!is_ok(target, outcome->status) && !asserted) {
            struct finding *finding = findings_add(&report->findings, DEFECT_WRONG_RESULT);
            finding->message = xasprintf("wrong result: exit status %d", outcome->status);
        }
        break;
    case RUN_SIGNALED:
        if (!asserted) {
            struct finding *finding = findings_add(&report->findings, DEFECT_CRASH);
            finding->message = xasprintf("crash: ended by signal %d (%s)", outcome->status,
                                         strsignal(outcome->status));
        }
        break;
    case RUN_HUNG:
        break;
    case RUN_TIMED_OUT:
        if (stuck)
            break;
        trouble(report,
                xasprintf("no end within the time limit, and no hang either: something "
                          "still ran, slept or could be woken%s%s",
                          outcome->error ? "; " : "", outcome->error ? outcome->error : ""));
        break;
    case RUN_FLOODED:
        trouble(report, xstrdup("the reports outgrew their limit, and the run was ended"));
        break;
    case RUN_CANCELLED:
        trouble(report, xstrdup("interrupted"));
        break;
    case RUN_NOT_STARTED:
        trouble(report, xasprintf("could not be started: %s",
                                  outcome->error ? outcome->error : strerror(outcome->status)));
        break;
    }
}
