#include "present/schedule_text.h"

#include "model/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONTEXT = 8, MOST_IDLE = 8 };

const char *schedule_file(const struct schedule *schedule)
{
    const char *file = NULL;
    for (size_t i = 0; i < schedule->step_count; i++) {
        const struct place *place = &schedule->steps[i].place;
        if (!place->file || place->line == 0)
            continue;
        if (file && strcmp(file, place->file) != 0)
            return NULL;
        file = place->file;
    }
    return file ? basename(file) : NULL;
}

char *schedule_place(const struct place *place, const char *shared)
{
    if (place->file && place->line > 0) {
        const char *name = basename(place->file);
        bool same = shared && strcmp(shared, name) == 0;
        return xasprintf("%s:%d", same ? "" : name, place->line);
    }
    if (place->module)
        return xasprintf("in %s", basename(place->module));
    return xstrdup(place->function ? place->function : "");
}

char *schedule_act(const struct schedule_step *step)
{
    return xasprintf("%s%s%s%s%s", step->operation ? step->operation : "?", step->object ? " " : "",
                     step->object ? step->object : "", step->failed ? " without success" : "",
                     step->late ? " when its time is over" : "");
}

static const char *label_of(const struct schedule *schedule, size_t thread)
{
    const char *label = thread < schedule->thread_count ? schedule->threads[thread].label : NULL;
    return label ? label : "a thread";
}

char *schedule_preempted(const struct schedule *schedule, size_t step)
{
    if (!schedule->steps[step].preempted || step == 0)
        return NULL;
    return xasprintf("%s is preempted: it could have gone on",
                     label_of(schedule, schedule->steps[step - 1].thread));
}

char *schedule_again(const struct schedule_step *step)
{
    if (step->again.rows == 0)
        return NULL;
    if (step->again.rows == 1)
        return xasprintf("... %zu times more", step->again.times);
    return xasprintf("... these %zu steps %zu times more", step->again.rows, step->again.times);
}

char *schedule_standing(const struct schedule_thread *thread, const char *shared)
{
    if (thread->ended)
        return xstrdup("has ended");
    if (!thread->waits)
        return xstrdup("");
    char *place = schedule_place(&thread->waits_at, shared);
    char *text = place[0] == ':' ? xasprintf("waits: %s, line %s", thread->waits, place + 1)
                 : place[0]      ? xasprintf("waits: %s, %s", thread->waits, place)
                                 : xasprintf("waits: %s", thread->waits);
    free(place);
    return text;
}

bool schedule_takes_part(const struct schedule *schedule, size_t thread)
{
    if (schedule->threads[thread].waits)
        return true;
    for (size_t i = 0; i < schedule->step_count; i++) {
        if (schedule->steps[i].thread == thread)
            return true;
    }
    return false;
}

char *schedule_idle(const struct schedule *schedule)
{
    char *text = NULL;
    size_t count = 0;
    for (size_t i = 0; i < schedule->thread_count; i++) {
        if (schedule_takes_part(schedule, i) || ++count > MOST_IDLE)
            continue;
        char *longer =
            xasprintf("%s%s%s", text ? text : "", text ? ", " : "", label_of(schedule, i));
        free(text);
        text = longer;
    }
    if (count > MOST_IDLE) {
        char *longer = xasprintf("%s and %zu more", text, count - MOST_IDLE);
        free(text);
        text = longer;
    }
    return text;
}

/* Steps next to a switch, at most `context` away, and those that say more than others. */
static size_t choose(const struct schedule *schedule, size_t context, bool *chosen)
{
    size_t count = 0;
    size_t total = schedule->step_count;
    size_t end = 0;
    for (size_t begin = 0; begin < total; begin = end) {
        while (end < total && schedule->steps[end].thread == schedule->steps[begin].thread)
            end++;
        for (size_t i = begin; i < end; i++) {
            const struct schedule_step *step = &schedule->steps[i];
            chosen[i] = i - begin < context || end - i <= context || step->fatal ||
                        step->preempted || step->late;
            count += chosen[i];
        }
    }
    return count;
}

bool *schedule_chosen(const struct schedule *schedule, size_t most)
{
    size_t total = schedule->step_count;
    bool *chosen = xcalloc(total ? total : 1, sizeof(*chosen));
    size_t context = most && total > most ? MOST_CONTEXT : total;
    size_t count = choose(schedule, context, chosen);
    while (most && count > most && context > 1)
        count = choose(schedule, --context, chosen);
    /* With more switches than that, what is nearest to the failure is told. */
    for (size_t i = 0; most && count > most && i < total; i++) {
        count -= chosen[i];
        chosen[i] = false;
    }
    return chosen;
}

char *schedule_gap(const struct schedule *schedule, const bool *chosen, size_t step, size_t *count)
{
    bool one_thread = true;
    size_t end = step;
    for (; end < schedule->step_count && !chosen[end]; end++)
        one_thread = one_thread && schedule->steps[end].thread == schedule->steps[step].thread;
    *count = end - step;
    if (*count == 0)
        return NULL;
    return xasprintf("... %zu %s%s%s left out", *count, *count == 1 ? "step" : "steps",
                     one_thread ? " of " : "",
                     one_thread ? label_of(schedule, schedule->steps[step].thread) : "");
}
