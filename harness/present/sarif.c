#include "present/sarif.h"

#include "model/memory.h"
#include "present/json_value.h"
#include "present/sarif_part.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

enum { MOST_LINKS = 8 }; /* from a message to other places */

/* The site that stands for the bug: the first with a file and a line, or else with a file. */
static size_t primary_site(const struct finding *finding)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        if (finding->sites[i].file && finding->sites[i].line > 0)
            return i;
    }
    for (size_t i = 0; i < finding->site_count; i++) {
        if (finding->sites[i].file)
            return i;
    }
    return SIZE_MAX;
}

static json_t *site_location(const struct inspection *inspection, const struct site *site)
{
    char *deed = sarif_deed(site);
    json_t *location = sarif_location(inspection, site->file, site->line, site->function, deed);
    free(deed);
    return location;
}

/*
 * Where no file is known, the root stands for it: code scanning refuses all of a file in which one result has no
 * physical location ("expected at least one location", github.com/github/codeql-action/issues/1738).
 */
static json_t *primary_json(const struct inspection *inspection, const struct finding *finding)
{
    size_t primary = primary_site(finding);
    if (primary != SIZE_MAX)
        return site_location(inspection, &finding->sites[primary]);
    return json_pack("{s:{s:{s:s, s:s}}, s:{s:s}}", "physicalLocation", "artifactLocation", "uri",
                     ".", "uriBaseId", SARIF_ROOT, "message", "text",
                     "The tool names no place in the program's own code.");
}

static void add_related(json_t *related, json_t *location)
{
    if (!location)
        return;
    if (json_array_size(related) + 1 >= SARIF_LOCATIONS) {
        json_decref(location);
        return;
    }
    json_object_set_new(location, "id", json_integer((json_int_t)json_array_size(related) + 1));
    json_array_append_new(related, location);
}

/* The other sites, then where threads and memory come from; numbered from 1. */
static json_t *related_json(const struct inspection *inspection, const struct finding *finding)
{
    json_t *related = json_array();
    size_t primary = primary_site(finding);
    for (size_t i = 0; i < finding->site_count; i++) {
        if (i != primary)
            add_related(related, site_location(inspection, &finding->sites[i]));
    }
    for (size_t i = 0; i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        const struct frame *frame = stack_own_frame(&background->stack, NULL);
        char *text = frame ? sarif_background(background) : NULL;
        if (text)
            add_related(related, sarif_location(inspection, frame->file, frame->line,
                                                frame->function, text));
        free(text);
    }
    return related;
}

/* "[thread 1 was made](2)": a link to a location of the result. `text` is fit for a message already. */
static char *link_text(const char *text, json_int_t id)
{
    char *escaped = xcalloc(strlen(text) * 2 + 1, 1);
    char *to = escaped;
    for (const char *at = text; *at; at++) {
        if (strchr("[]\\", *at))
            *to++ = '\\';
        *to++ = *at;
    }
    char *link = xasprintf("[%s](%" JSON_INTEGER_FORMAT ")", escaped, id);
    free(escaped);
    return link;
}

/* The sentence, and links to the other places: code scanning shows those that a message names. */
static json_t *message_json(const struct bug *bug, json_t *related)
{
    char *text = sarif_text(bug->sentence);
    size_t index = 0;
    json_t *location = NULL;
    json_array_foreach(related, index, location)
    {
        if (index == MOST_LINKS)
            break;
        json_t *said = json_object_get(json_object_get(location, "message"), "text");
        char *link = link_text(json_string_value(said), (json_int_t)index + 1);
        char *longer = xasprintf("%s%s%s", text, index == 0 ? ". Other places: " : ", ", link);
        free(link);
        free(text);
        text = longer;
    }
    json_t *message = json_pack("{s:s}", "text", text);
    free(text);
    return message;
}

/* Who saw it and who did not, beside what SARIF has a place for. */
static json_t *properties_json(const struct inspection *inspection, const struct bug *bug)
{
    json_t *detectors = json_array();
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct sighting *sighting = &bug->sightings[i];
        if (sighting->first)
            json_array_append_new(detectors,
                                  json_pack("{s:o, s:I, s:I, s:I}", "name",
                                            sarif_string(inspection->detectors[i].name), "runs",
                                            (json_int_t)sighting->runs, "of",
                                            (json_int_t)inspection->detectors[i].run_count,
                                            "reports", (json_int_t)sighting->reports));
    }
    json_t *properties = json_pack("{s:o, s:b}", "detectors", detectors, "happened", bug->happened);
    if (bug->object)
        json_object_set_new(properties, "object", sarif_string(bug->object));
    if (bug->remedy)
        json_object_set_new(properties, "remedy", sarif_string(bug->remedy));
    return properties;
}

/* Code scanning looks at primaryLocationLineHash alone; ours serves it as well, since it stays the same when
 * other lines come or go. */
static json_t *fingerprints_json(const struct bug *bug)
{
    return json_pack("{s:o, s:o}", "racelabBug/v1", sarif_string(bug->fingerprint),
                     "primaryLocationLineHash", json_sprintf("%s:1", bug->fingerprint));
}

static json_t *result_json(const struct inspection *inspection, const struct bug *bug,
                           const struct sarif_options *options)
{
    json_t *related = related_json(inspection, bug->finding);
    json_t *result = json_pack(
        "{s:s, s:i, s:s, s:o, s:[o], s:o, s:o}", "ruleId", defect_word(bug->defect), "ruleIndex",
        (int)bug->defect, "level", sarif_level(bug), "message", message_json(bug, related),
        "locations", primary_json(inspection, bug->finding), "partialFingerprints",
        fingerprints_json(bug), "properties", properties_json(inspection, bug));
    if (json_array_size(related) > 0)
        json_object_set(result, "relatedLocations", related);
    json_decref(related);
    json_t *flow = sarif_flow(inspection, bug);
    if (flow)
        json_object_set_new(result, "codeFlows", json_pack("[o]", flow));
    json_t *stacks = sarif_stacks(inspection, bug->finding);
    if (json_array_size(stacks) > 0)
        json_object_set(result, "stacks", stacks);
    json_decref(stacks);
    if (options->baseline)
        json_object_set_new(result, "baselineState", json_string(bug->known ? "unchanged" : "new"));
    return result;
}

static void add_note(json_t *notes, const char *level, char *text)
{
    json_array_append_new(notes,
                          json_pack("{s:s, s:o}", "level", level, "message", sarif_message(text)));
    free(text);
}

/* What was skipped and which runs prove nothing. */
static json_t *invocation_json(const struct inspection *inspection)
{
    json_t *notes = json_array();
    bool proved = false;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        if (detector->skipped)
            add_note(notes, "warning",
                     xasprintf("%s did not run: %s", detector->name, detector->skipped));
        for (size_t r = 0; r < detector->run_count; r++) {
            const char *trouble = detector->runs[r].report.trouble;
            proved = proved || !trouble;
            if (trouble)
                add_note(
                    notes, "error",
                    xasprintf("%s, run %zu proves nothing: %s", detector->name, r + 1, trouble));
        }
    }
    json_t *invocation =
        json_pack("{s:b, s:o}", "executionSuccessful", proved, "toolExecutionNotifications", notes);
    if (!inspection->logs && inspection->program && *inspection->program)
        json_object_set_new(invocation, "commandLine", sarif_string(inspection->program));
    return invocation;
}

/* The detectors that ran are what racelab is extended by. */
static json_t *extensions_json(const struct inspection *inspection)
{
    json_t *extensions = json_array();
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct inspected *detector = &inspection->detectors[i];
        if (detector->run_count == 0 || !*detector->name)
            continue;
        json_t *extension = json_pack("{s:o}", "name", sarif_string(detector->name));
        const char *version = detector->runs[0].report.version;
        if (version && *version)
            json_object_set_new(extension, "version", sarif_string(version));
        json_array_append_new(extensions, extension);
    }
    return extensions;
}

json_t *sarif_json(const struct inspection *inspection, const struct bugs *bugs,
                   const struct sarif_options *options)
{
    json_t *results = json_array();
    for (size_t i = 0; i < bugs->count && i < SARIF_RESULTS; i++)
        json_array_append_new(results, result_json(inspection, &bugs->items[i], options));
    json_t *driver =
        json_pack("{s:s, s:s, s:s, s:o}", "name", "racelab", "version", RACELAB_VERSION,
                  "semanticVersion", RACELAB_VERSION, "rules", sarif_rules());
    json_t *run = json_pack("{s:{s:o, s:o}, s:[o], s:o}", "tool", "driver", driver, "extensions",
                            extensions_json(inspection), "invocations", invocation_json(inspection),
                            "results", results);
    if (inspection->root) {
        char *root = sarif_folder_uri(inspection->root);
        json_object_set_new(run, "originalUriBaseIds",
                            json_pack("{s:{s:s}}", SARIF_ROOT, "uri", root));
        json_t *invocation = json_array_get(json_object_get(run, "invocations"), 0);
        json_object_set_new(invocation, "workingDirectory", json_pack("{s:s}", "uri", root));
        free(root);
    }
    return json_pack("{s:s, s:s, s:[o]}", "$schema", SCHEMA, "version", "2.1.0", "runs", run);
}

int sarif_write(const char *path, const struct inspection *inspection, const struct bugs *bugs,
                const struct sarif_options *options)
{
    return json_save(path, sarif_json(inspection, bugs, options));
}
