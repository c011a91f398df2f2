#include "present/json_check.h"

#include "present/json_exploration.h"
#include "present/json_value.h"

#define CHECK_VERSION 1

static const char *relative(const struct inspection *inspection, const char *path)
{
    return path && inspection ? inspection_path(inspection, path) : path;
}

static json_t *stack_json(const struct inspection *inspection, const struct stack *stack)
{
    json_t *frames = json_array();
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *frame = &stack->frames[i];
        json_array_append_new(
            frames,
            json_pack("{s:o, s:o, s:i, s:o, s:b}", "function", json_text(frame->function), "file",
                      json_text(relative(inspection, frame->file)), "line", frame->line, "module",
                      json_text(frame->module), "foreign", frame_is_foreign(frame)));
    }
    return frames;
}

json_t *json_sites(const struct inspection *inspection, const struct finding *finding)
{
    json_t *sites = json_array();
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct site *site = &finding->sites[i];
        json_t *json = json_site(site, relative(inspection, site->file));
        json_object_set_new(json, "locks", json_text(site->locks));
        json_object_set_new(json, "stack", stack_json(inspection, &site->stack));
        json_array_append_new(sites, json);
    }
    return sites;
}

json_t *json_backgrounds(const struct inspection *inspection, const struct finding *finding)
{
    static const char *const words[] = {
        [THREAD_MADE] = "thread-made",
        [ALLOCATED] = "allocated",
        [LOCK_SEEN] = "lock-seen",
        [OTHER_STACK] = "other",
    };
    json_t *backgrounds = json_array();
    for (size_t i = 0; i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        json_array_append_new(backgrounds,
                              json_pack("{s:s, s:o, s:o, s:o}", "kind", words[background->kind],
                                        "subject", json_text(background->subject), "text",
                                        json_text(background->text), "stack",
                                        stack_json(inspection, &background->stack)));
    }
    return backgrounds;
}

static json_t *seen_json(const struct inspection *inspection, const struct bug *bug)
{
    json_t *seen = json_array();
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        const struct sighting *sighting = &bug->sightings[i];
        json_array_append_new(
            seen,
            json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "detector", json_text(detector->name),
                      "runs", (json_int_t)sighting->runs, "of", (json_int_t)detector->run_count,
                      "reports", (json_int_t)sighting->reports, "schedule",
                      sighting->schedule ? json_integer((json_int_t)sighting->schedule)
                                         : json_null(),
                      "silent", json_text(sighting->silent), "raw",
                      json_text(sighting->first ? sighting->first->raw : NULL)));
    }
    return seen;
}

static json_t *bug_json(const struct inspection *inspection, const struct bug *bug)
{
    json_t *json =
        json_pack("{s:o, s:s, s:b, s:o, s:o, s:b, s:o, s:o, s:o}", "fingerprint",
                  json_text(bug->fingerprint), "defect", defect_word(bug->defect), "happened",
                  bug->happened, "object", json_text(bug->object), "sentence",
                  json_text(bug->sentence), "known", bug->known, "remedy", json_text(bug->remedy),
                  "lesson", json_text(bug->lesson), "seen", seen_json(inspection, bug));
    json_object_set_new(json, "doubt", json_string(doubt_word(bug->doubt)));
    json_object_set_new(json, "sites", json_sites(inspection, bug->finding));
    json_object_set_new(json, "backgrounds", json_backgrounds(inspection, bug->finding));
    json_object_set_new(json, "explanation",
                        bug->explanation ? json_explanation(bug->explanation) : json_null());
    return json;
}

static json_t *search_json(const struct inspected *detector)
{
    if (!detector->search)
        return json_null();
    json_t *search = json_exploration(detector->search);
    json_object_set_new(search, "replay", json_text(detector->replay));
    return search;
}

static json_t *detector_json(const struct inspected *detector)
{
    const char *version = NULL;
    json_t *runs = json_array();
    for (size_t i = 0; i < detector->run_count; i++) {
        const struct inspected_run *run = &detector->runs[i];
        version = version ? version : run->report.version;
        json_array_append_new(
            runs,
            json_pack("{s:s, s:i, s:I, s:o, s:o, s:I}", "end", run_end_word(run->end), "status",
                      run->status, "duration_ms", (json_int_t)(run->duration_ns / 1000000),
                      "trouble", json_text(run->report.trouble), "output", json_text(run->output),
                      "schedule", (json_int_t)run->schedule));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "name", json_text(detector->name), "version",
                     json_text(version), "skipped", json_text(detector->skipped), "nature",
                     json_text(detector->nature), "search", search_json(detector), "runs", runs);
}

json_t *json_check(const struct inspection *inspection, const struct bugs *bugs)
{
    json_t *detectors = json_array();
    json_t *list = json_array();
    for (size_t i = 0; i < inspection->detector_count; i++)
        json_array_append_new(detectors, detector_json(&inspection->detectors[i]));
    for (size_t i = 0; i < bugs->count; i++)
        json_array_append_new(list, bug_json(inspection, &bugs->items[i]));
    return json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:o}", "format", CHECK_FORMAT, "version",
                     CHECK_VERSION, "racelab", RACELAB_VERSION, "program",
                     json_text(inspection->logs ? NULL : inspection->program), "root",
                     json_text(inspection->root), "detectors", detectors, "bugs", list);
}

int json_write_check(const char *path, const struct inspection *inspection, const struct bugs *bugs)
{
    return json_save(path, json_check(inspection, bugs));
}
