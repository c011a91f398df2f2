/* A schedule as lines that tell all by themselves. */
#include "present/schedule_text.h"

#include "model/memory.h"

#include <stdlib.h>

static const char *label_of(const struct schedule *schedule, size_t thread)
{
    return thread < schedule->thread_count && schedule->threads[thread].label
               ? schedule->threads[thread].label
               : "a thread";
}

/* Takes the text over. */
static void print_text(FILE *out, const struct style *style, int indent, char *text)
{
    char *inert = inert_line(text);
    fprintf(out, "%*s", indent, "");
    print_wrapped(out, style, indent, inert);
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
        print_text(out, style, 3, preempted);
    fputs(step->fatal ? style_verdict(style, VERDICT_ERROR) : "", out);
    print_text(out, style, 0,
               xasprintf("%zu. %s%s%s: %s%s%s%s", index + 1, label_of(schedule, step->thread),
                         *place ? ", " : "", place, act, step->fatal ? ", and fails here" : "",
                         step->source ? ": " : "", step->source ? step->source : ""));
    fputs(step->fatal ? style_end(style) : "", out);
    if (again)
        print_text(out, style, 3, again);
    else
        free(again);
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
        print_text(out, style, 3, gap);
        i += skipped - 1;
    }
    free(chosen);
    for (size_t i = 0; i < schedule->thread_count; i++) {
        if (!schedule_takes_part(schedule, i))
            continue;
        char *standing = schedule_standing(&schedule->threads[i], NULL);
        print_text(out, style, 0, xasprintf("At the end, %s: %s", label_of(schedule, i), standing));
        free(standing);
    }
    char *idle = schedule_idle(schedule);
    if (idle)
        print_text(out, style, 0, xasprintf("Without a part in it: %s.", idle));
    free(idle);
}
