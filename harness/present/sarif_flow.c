#include "present/sarif_part.h"

#include "model/memory.h"
#include "present/style.h"

#include <stdlib.h>
#include <string.h>

enum { UNORDERED = -1 }; /* what a location without executionOrder has by the schema */

struct flow {
    const struct inspection *inspection;
    json_t *threads; /* threadFlows */
    size_t locations;
};

/* The threadFlow of this name, made where it is the first: an id is unique in its codeFlow. */
static json_t *thread_flow(struct flow *flow, const char *name)
{
    char *id = inert_line(name);
    json_t *thread = NULL;
    for (size_t i = 0; i < json_array_size(flow->threads); i++) {
        json_t *other = json_array_get(flow->threads, i);
        if (strcmp(json_string_value(json_object_get(other, "id")), id) == 0)
            thread = other;
    }
    if (!thread) {
        thread =
            json_pack("{s:s, s:o, s:[]}", "id", id, "message", sarif_message(name), "locations");
        json_array_append_new(flow->threads, thread);
    }
    free(id);
    return thread;
}

static void add(struct flow *flow, const char *thread, json_t *location, int order,
                const char *importance)
{
    if (!location)
        return;
    if (flow->locations++ >= SARIF_FLOW_LOCATIONS) {
        json_decref(location);
        return;
    }
    json_t *step = json_pack("{s:o, s:s}", "location", location, "importance", importance);
    if (order != UNORDERED)
        json_object_set_new(step, "executionOrder", json_integer(order));
    json_array_append_new(json_object_get(thread_flow(flow, thread), "locations"), step);
}

/* A thread without a name is nobody else. */
static char *thread_name(const struct finding *finding, size_t index)
{
    const char *thread = finding->sites[index].thread;
    return thread && *thread ? xstrdup(thread) : xasprintf("the thread of place %zu", index + 1);
}

static bool has_site(const struct finding *finding, const char *thread)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        if (finding->sites[i].thread && strcmp(finding->sites[i].thread, thread) == 0)
            return true;
    }
    return false;
}

/* Each thread begins where it was made. Returns whether any is known. */
static bool add_makings(struct flow *flow, const struct finding *finding, bool ordered)
{
    bool any = false;
    for (size_t i = 0; i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        const struct frame *frame = stack_own_frame(&background->stack, NULL);
        if (background->kind != THREAD_MADE || !background->subject || !frame ||
            !has_site(finding, background->subject))
            continue;
        char *text = sarif_background(background);
        add(flow, background->subject,
            sarif_location(flow->inspection, frame->file, frame->line, frame->function, text),
            ordered ? 1 : UNORDERED, "unimportant");
        free(text);
        any = true;
    }
    return any;
}

/* The how-manieth place of its thread this is: the sites of one thread are taken to stand in the order of
 * time. */
static int step_of_thread(const struct finding *finding, size_t index)
{
    int step = 0;
    const char *thread = finding->sites[index].thread;
    for (size_t i = 0; i < index; i++) {
        const char *other = finding->sites[i].thread;
        step += thread && other && strcmp(other, thread) == 0;
    }
    return step;
}

/* Of a race, both tools that name two sides tell the later access first. */
static size_t in_time(const struct finding *finding, size_t i)
{
    return finding->defect == DEFECT_RACE && finding->site_count == 2 ? 1 - i : i;
}

static void add_sites(struct flow *flow, const struct finding *finding)
{
    bool race = finding->defect == DEFECT_RACE && finding->site_count <= 2;
    bool ordered = race || finding->defect == DEFECT_LOCK_ORDER;
    int first = add_makings(flow, finding, ordered) ? 2 : 1;
    for (size_t i = 0; i < finding->site_count && i < SARIF_FLOW_LOCATIONS; i++) {
        size_t index = in_time(finding, i);
        const struct site *site = &finding->sites[index];
        int order = race ? first + (int)i : first + step_of_thread(finding, index);
        char *deed = sarif_deed(site);
        char *thread = thread_name(finding, index);
        add(flow, thread,
            sarif_location(flow->inspection, site->file, site->line, site->function, deed),
            ordered ? order : UNORDERED, "essential");
        free(thread);
        free(deed);
    }
}

static const char *label_of(const struct stuck_thread *thread)
{
    return thread->label && *thread->label ? thread->label : "a thread";
}

/* Of a hang, each stuck thread takes its locks and then waits. Between threads that order is known of two
 * that wait for each other alone: neither could be stuck before the other had its lock. */
static void add_stuck(struct flow *flow, const struct explanation *explanation)
{
    size_t stuck = 0;
    for (size_t i = 0; i < explanation->thread_count; i++)
        stuck += explanation->threads[i].stuck;
    bool ordered = stuck == 2 && explanation->thread_count == 2 &&
                   (explanation->stuck == STUCK_DEADLOCK || explanation->stuck == STUCK_PART);
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        if (!thread->stuck)
            continue;
        bool held = false;
        for (size_t h = 0; h < thread->held_count; h++) {
            const struct place *taken = &thread->held[h].taken;
            if (taken->line <= 0)
                continue;
            const char *name = thread->held[h].name;
            char *text = xasprintf("%s takes %s%s%s", label_of(thread), name ? "`" : "a lock",
                                   name ? name : "", name ? "`" : "");
            add(flow, label_of(thread),
                sarif_location(flow->inspection, taken->file, taken->line, taken->function, text),
                ordered ? 1 : UNORDERED, "essential");
            free(text);
            held = true;
        }
        const struct place *place = stuck_thread_place(thread);
        if (!place)
            continue;
        const char *name = thread->waiting.name;
        char *text = xasprintf("%s waits for %s%s%s%s", label_of(thread),
                               wait_for_word(thread->waiting.what), name ? " `" : "",
                               name ? name : "", name ? "`" : "");
        add(flow, label_of(thread),
            sarif_location(flow->inspection, place->file, place->line, place->function, text),
            ordered && held ? 2 : UNORDERED, "essential");
        free(text);
    }
}

json_t *sarif_flow(const struct inspection *inspection, const struct bug *bug)
{
    struct flow flow = {.inspection = inspection, .threads = json_array()};
    if (bug->explanation)
        add_stuck(&flow, bug->explanation);
    if (flow.locations == 0)
        add_sites(&flow, bug->finding);
    if (json_array_size(flow.threads) == 0) {
        json_decref(flow.threads);
        return NULL;
    }
    return json_pack("{s:o}", "threadFlows", flow.threads);
}
