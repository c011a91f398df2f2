/* A schedule as lines that tell all by themselves. */
#include "present/schedule_text.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *label_of(const struct schedule *schedule, size_t thread)
{
    return thread < schedule->thread_count && schedule->threads[thread].label
               ? schedule->threads[thread].label
               : "a thread";
}

/* After `head`, below which later lines begin. Takes the text over. */
static void print_text(FILE *out, const struct style *style, const char *head, char *text)
{
    char *inert = inert_line(text);
    fputs(head, out);
    print_wrapped(out, style, (int)strlen(head), inert);
    free(inert);
    free(text);
}

static void print_step(FILE *out, const struct style *style, const struct schedule *schedule,
                       size_t index)
{
    const struct schedule_step *step = &schedule->steps[index];
    char *preempted = schedule_preempted(schedule, index);
    char *again = schedule_again(step);
    char *place = schedule_place(&step->place, NULL);
    char *act = schedule_act(step);
    if (preempted)
        print_text(out, style, "   ", preempted);
    fputs(step->fatal ? style_verdict(style, VERDICT_ERROR) : "", out);
    char *number = xasprintf("%zu. ", index + 1);
    print_text(out, style, number,
               xasprintf("%s%s%s: %s%s%s%s", label_of(schedule, step->thread), *place ? ", " : "",
                         place, act, step->fatal ? ", and fails here" : "",
                         step->source ? ": " : "", step->source ? step->source : ""));
    fputs(step->fatal ? style_end(style) : "", out);
    if (again)
        print_text(out, style, "   ", again);
    free(number);
    free(place);
    free(act);
}

void schedule_print_lines(FILE *out, const struct style *style, const struct schedule *schedule,
                          const struct schedule_options *options)
{
    bool *chosen = schedule_chosen(schedule, options->most);
    for (size_t i = 0; i < schedule->step_count; i++) {
        size_t skipped = 0;
        char *gap = schedule_gap(schedule, chosen, i, &skipped);
        if (!gap) {
            print_step(out, style, schedule, i);
            continue;
        }
        print_text(out, style, "   ", gap);
        i += skipped - 1;
    }
    free(chosen);
    for (size_t i = 0; i < schedule->thread_count; i++) {
        if (!schedule->threads[i].waits)
            continue;
        char *standing = schedule_standing(&schedule->threads[i], NULL);
        print_text(out, style, "",
                   xasprintf("At the end, %s: %s", label_of(schedule, i), standing));
        free(standing);
    }
    char *idle = schedule_idle(schedule);
    if (idle)
        print_text(out, style, "", xasprintf("Without a part in it: %s.", idle));
    free(idle);
}
