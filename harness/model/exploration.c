#include "model/exploration.h"

#include <stdlib.h>

const char *failure_word(enum failure failure)
{
    static const char *const words[FAILURE_COUNT] = {
        [FAILURE_NONE] = "none",
        [FAILURE_DEADLOCK] = "deadlock",
        [FAILURE_ASSERT] = "failed assertion",
        [FAILURE_CRASH] = "crash",
        [FAILURE_STATUS] = "exit status",
        [FAILURE_LIVELOCK] = "livelock",
        [FAILURE_DESTROYED] = "use of a destroyed object",
        [FAILURE_FREED] = "use of freed memory",
        [FAILURE_RACE] = "race",
    };
    return words[failure];
}

static void release_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static void release_threads(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->thread_count; i++) {
        struct schedule_thread *thread = &schedule->threads[i];
        free(thread->label);
        free(thread->function);
        free(thread->waits);
        place_release(&thread->created);
        place_release(&thread->waits_at);
    }
    free(schedule->threads);
}

static void release_steps(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->step_count; i++) {
        struct schedule_step *step = &schedule->steps[i];
        free(step->operation);
        free(step->object);
        free(step->source);
        free(step->takes);
        free(step->gives);
        place_release(&step->place);
    }
    free(schedule->steps);
}

void schedule_release(struct schedule *schedule)
{
    size_t arguments = 0;
    while (schedule->arguments && schedule->arguments[arguments])
        arguments++;
    release_texts(schedule->arguments, arguments);
    release_threads(schedule);
    release_steps(schedule);
    free(schedule->program);
    free(schedule->flavour);
    free(schedule->build);
    free(schedule->strategy);
    free(schedule->turns);
    *schedule = (struct schedule){0};
}

void exploration_release(struct exploration *exploration)
{
    for (size_t i = 0; i < exploration->tally_count; i++)
        free(exploration->tallies[i].strategy);
    free(exploration->tallies);
    release_texts(exploration->lost, exploration->lost_count);
    release_texts(exploration->remarks, exploration->remark_count);
    schedule_release(&exploration->schedule);
    findings_release(&exploration->findings);
    explanation_release(&exploration->explanation);
    free(exploration->program);
    free(exploration->sentence);
    *exploration = (struct exploration){0};
}
