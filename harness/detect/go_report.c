#include "detect/go_report.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    const char *own_source;
    struct finding *finding;
    bool in_background; /* the stack at hand is where a goroutine was made; else an access */
    char *thread;       /* of an access */
    char *act;
    struct stack stack;
};

bool go_report_line(struct span line)
{
    static const char *const beginnings[] = {
        "  ",         "Read at ",           "Write at ", "Previous read at ", "Previous write at ",
        "Goroutine ", "[failed to restore", NULL};
    for (size_t i = 0; beginnings[i]; i++) {
        if (span_starts(line, beginnings[i]))
            return true;
    }
    return line.length == 0;
}

static void section_end(struct reading *reading)
{
    struct finding *finding = reading->finding;
    if (reading->in_background) {
        stack_move(&reading->stack, &finding->backgrounds[finding->background_count - 1].stack);
    } else if (reading->act && !finding_add_site_at(finding, &reading->stack, reading->own_source,
                                                    reading->thread, reading->act)) {
        struct site *site = finding_add_site(finding);
        site->thread = reading->thread ? xstrdup(reading->thread) : NULL;
        site->act = xstrdup(reading->act);
        if (reading->stack.count > 0) {
            const struct frame *frame = &reading->stack.frames[0];
            site->function = frame->function ? xstrdup(frame->function) : NULL;
            site->file = frame->file ? xstrdup(frame->file) : NULL;
            site->line = frame->line;
        }
        stack_move(&reading->stack, &site->stack);
    }
    stack_clear(&reading->stack);
    free(reading->thread);
    free(reading->act);
    reading->thread = NULL;
    reading->act = NULL;
    reading->in_background = false;
}

/* "Previous write at 0x00c0000ac008 by goroutine 7:", "Goroutine 7 (running) created at:" */
static void section_begin(struct reading *reading, struct span line)
{
    section_end(reading);
    if (span_starts(line, "Goroutine ")) {
        struct span number = span_from(line, line.text + strlen("Goroutine "));
        const char *blank = memchr(number.text, ' ', number.length);
        number = span_until(number, blank);
        struct background *background = finding_add_background(reading->finding, THREAD_MADE);
        background->subject = xasprintf("goroutine %.*s", (int)number.length, number.text);
        background->text = xstrndup(line.text, line.length);
        reading->in_background = true;
        return;
    }
    const char *by = span_find(line, " by ");
    if (!by)
        return;
    struct span thread = span_from(line, by + strlen(" by "));
    if (thread.length > 0 && thread.text[thread.length - 1] == ':')
        thread.length--;
    reading->thread = xstrndup(thread.text, thread.length);
    reading->act = xstrdup(span_find(span_until(line, by), "rite at ") ? "writes" : "reads");
}

/* "  main.(*account).pay()", and the next line has its place. */
static void read_function(struct reading *reading, struct span line)
{
    struct frame *frame = stack_push(&reading->stack);
    if (line.length > 2 && memcmp(line.text + line.length - 2, "()", 2) == 0)
        line.length -= 2;
    if (line.length > 0 && !span_starts(line, "??"))
        frame->function = xstrndup(line.text, line.length);
}

/* "      /src/x.go:12 +0x44" */
static void read_place(struct reading *reading, struct span line)
{
    if (reading->stack.count == 0)
        return;
    struct frame *frame = &reading->stack.frames[reading->stack.count - 1];
    line = span_until(line, span_find(line, " +0x"));
    const char *colon = memrchr(line.text, ':', line.length);
    if (frame->file || !colon)
        return;
    struct span digits = span_from(line, colon + 1);
    int number = 0;
    for (size_t i = 0; i < digits.length && i < 9; i++) {
        if (digits.text[i] < '0' || digits.text[i] > '9')
            return;
        number = number * 10 + (digits.text[i] - '0');
    }
    /* "-:0" stands for a place that it does not know. */
    if (number > 0) {
        frame->file = xstrndup(line.text, (size_t)(colon - line.text));
        frame->line = number;
    }
}

void go_parse_report(struct span text, const char *own_source, struct findings *findings)
{
    struct reading reading = {.own_source = own_source,
                              .finding = findings_add(findings, DEFECT_RACE)};
    span_line(&text);
    reading.finding->message = xstrdup("data race");
    while (text.length > 0) {
        struct span line = span_line(&text);
        if (line.length == 0)
            section_end(&reading);
        else if (span_starts(line, "      "))
            read_place(&reading, span_from(line, line.text + 6));
        else if (span_starts(line, "  [failed to restore"))
            continue;
        else if (span_starts(line, "  "))
            read_function(&reading, span_from(line, line.text + 2));
        else
            section_begin(&reading, line);
    }
    section_end(&reading);
}
