#include "present/json_exploration.h"

#include "explore/wire.h"
#include "present/json_check.h"
#include "present/json_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* As text: a number of JSON holds 53 bits in most of its readers. */
static json_t *seed_json(uint64_t seed)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%" PRIu64, seed);
    return json_string(digits);
}

static json_t *index_json(size_t index)
{
    return index == NO_INDEX ? json_null() : json_integer((json_int_t)index);
}

/* null where nothing is known. */
static json_t *place_json(const struct place *place)
{
    if (!place->file && !place->function && !place->module)
        return json_null();
    return json_pack("{s:o, s:o, s:i, s:o}", "function", json_text(place->function), "file",
                     json_text(place->file), "line", place->line, "module",
                     json_text(place->module));
}

static json_t *thread_json(const struct schedule_thread *thread)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "label", json_text(thread->label),
                     "function", json_text(thread->function), "parent", index_json(thread->parent),
                     "created", place_json(&thread->created), "ended", thread->ended, "waits",
                     json_text(thread->waits), "waits_at", place_json(&thread->waits_at));
}

static json_t *step_json(const struct schedule_step *step)
{
    json_t *again = step->again.rows ? json_pack("{s:I, s:I}", "rows", (json_int_t)step->again.rows,
                                                 "times", (json_int_t)step->again.times)
                                     : json_null();
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:o, s:o, s:I, s:o}", "thread",
                     (json_int_t)step->thread, "operation", json_text(step->operation), "object",
                     json_text(step->object), "place", place_json(&step->place), "source",
                     json_text(step->source), "preempted", step->preempted, "late", step->late,
                     "failed", step->failed, "fatal", step->fatal, "takes", json_text(step->takes),
                     "gives", json_text(step->gives), "points", (json_int_t)step->points, "again",
                     again);
}

static json_t *turns_json(const struct schedule *schedule)
{
    json_t *turns = json_array();
    for (size_t i = 0; i < schedule->turn_count; i++)
        json_array_append_new(turns, json_pack("{s:I, s:I}", "thread",
                                               (json_int_t)schedule->turns[i].thread, "until",
                                               (json_int_t)schedule->turns[i].until));
    return turns;
}

static json_t *schedule_json(const struct schedule *schedule)
{
    json_t *arguments = json_array();
    json_t *threads = json_array();
    json_t *steps = json_array();
    for (size_t i = 0; schedule->arguments && schedule->arguments[i]; i++)
        json_array_append_new(arguments, json_text(schedule->arguments[i]));
    for (size_t i = 0; i < schedule->thread_count; i++)
        json_array_append_new(threads, thread_json(&schedule->threads[i]));
    for (size_t i = 0; i < schedule->step_count; i++)
        json_array_append_new(steps, step_json(&schedule->steps[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:b, s:b, s:I, s:I, s:b, s:o, s:o, s:o}",
                     "program", json_text(schedule->program), "arguments", arguments, "flavour",
                     json_text(schedule->flavour), "build", json_text(schedule->build), "seed",
                     seed_json(schedule->seed), "number", (json_int_t)schedule->number, "strategy",
                     json_text(schedule->strategy), "spurious",
                     (schedule->flags & WIRE_SPURIOUS) != 0, "buffered",
                     (schedule->flags & WIRE_BUFFERED) != 0, "preemptions",
                     (json_int_t)schedule->preemptions, "found_preemptions",
                     (json_int_t)schedule->found_preemptions, "fewest", schedule->fewest, "turns",
                     turns_json(schedule), "threads", threads, "steps", steps);
}

static json_t *texts_json(char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_text(texts[i]));
    return list;
}

static json_t *tallies_json(const struct exploration *exploration)
{
    json_t *tallies = json_array();
    for (size_t i = 0; i < exploration->tally_count; i++) {
        const struct exploration_tally *tally = &exploration->tallies[i];
        json_array_append_new(tallies,
                              json_pack("{s:o, s:I, s:I}", "strategy", json_text(tally->strategy),
                                        "schedules", (json_int_t)tally->schedules, "failed",
                                        (json_int_t)tally->failed));
    }
    return tallies;
}

static json_t *exhausted_json(const struct exploration *exploration)
{
    if (exploration->exhausted < 0)
        return json_null();
    return json_pack("{s:i, s:I, s:b}", "preemptions", exploration->exhausted, "schedules",
                     (json_int_t)exploration->exhausted_schedules, "all",
                     exploration->exhausted_all);
}

static json_t *findings_json(const struct findings *findings)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        char *sentence = finding_sentence(finding, NULL);
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "defect",
                      defect_word(finding->defect), "sentence", json_text(sentence), "message",
                      json_text(finding->message), "object", json_text(finding->object), "times",
                      (json_int_t)finding->times, "sites", json_sites(NULL, finding), "backgrounds",
                      json_backgrounds(NULL, finding), "raw", json_text(finding->raw)));
        free(sentence);
    }
    return list;
}

json_t *json_exploration(const struct exploration *exploration)
{
    return json_pack(
        "{s:s, s:i, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:s, s:o, s:o, "
        "s:b, s:o, s:o}",
        "format", EXPLORATION_FORMAT, "version", EXPLORATION_VERSION, "racelab", RACELAB_VERSION,
        "program", json_text(exploration->program), "seed", seed_json(exploration->seed),
        "schedules", (json_int_t)exploration->schedules, "asked", (json_int_t)exploration->asked,
        "failed", (json_int_t)exploration->failed, "too_long", (json_int_t)exploration->too_long,
        "elapsed_ms", (json_int_t)exploration->elapsed_ms, "tallies", tallies_json(exploration),
        "exhausted", exhausted_json(exploration), "lost",
        texts_json(exploration->lost, exploration->lost_count), "remarks",
        texts_json(exploration->remarks, exploration->remark_count), "failure",
        failure_word(exploration->failure), "sentence", json_text(exploration->sentence),
        "schedule",
        exploration->schedule.program ? schedule_json(&exploration->schedule) : json_null(),
        "replayed_tsan", exploration->replayed_tsan, "findings",
        findings_json(&exploration->findings), "explanation",
        json_explanation(&exploration->explanation));
}

int json_write_exploration(const char *path, const struct exploration *exploration)
{
    return json_save(path, json_exploration(exploration));
}
