#include "present/sarif_part.h"

#include "model/memory.h"
#include "present/style.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FRAMES = 100 }; /* of one stack */

char *sarif_text(const char *text)
{
    char *inert = inert_line(text && *text ? text : "(nothing is known)");
    char *fit = xcalloc(strlen(inert) * 2 + 1, 1);
    char *to = fit;
    for (const char *at = inert; *at; at++) {
        *to++ = *at;
        if (*at == '{' || *at == '}')
            *to++ = *at;
        if (*at == ']' && at[1] == '(')
            *to++ = ' ';
    }
    free(inert);
    return fit;
}

json_t *sarif_message(const char *text)
{
    char *fit = sarif_text(text);
    json_t *message = json_pack("{s:s}", "text", fit);
    free(fit);
    return message;
}

json_t *sarif_string(const char *text)
{
    char *inert = inert_line(text);
    json_t *string = json_string(inert);
    free(inert);
    return string;
}

/* Every byte that may not stand in a path of a URI as itself becomes %XX (RFC 3986, 2.1). */
static char *percent_encoded(const char *path)
{
    char *uri = xcalloc(strlen(path) * 3 + 1, 1);
    char *to = uri;
    for (const unsigned char *at = (const unsigned char *)path; *at; at++) {
        bool plain = *at < 0x80 && (isalnum(*at) || strchr("/-._~", *at));
        to += plain ? sprintf(to, "%c", *at) : sprintf(to, "%%%02X", *at);
    }
    return uri;
}

char *sarif_folder_uri(const char *folder)
{
    char *path = percent_encoded(folder);
    char *uri = xasprintf("file://%s/", path);
    free(path);
    return uri;
}

static json_t *artifact_json(const struct inspection *inspection, const char *file)
{
    const char *path = inspection_path(inspection, file);
    char *encoded = percent_encoded(path);
    json_t *artifact = *path == '/'
                           ? json_pack("{s:o}", "uri", json_sprintf("file://%s", encoded))
                           : json_pack("{s:s, s:s}", "uri", encoded, "uriBaseId", SARIF_ROOT);
    free(encoded);
    return artifact;
}

json_t *sarif_location(const struct inspection *inspection, const char *file, int line,
                       const char *function, const char *text)
{
    if (!file || !*file)
        return NULL;
    json_t *physical = json_pack("{s:o}", "artifactLocation", artifact_json(inspection, file));
    /* Code scanning asks for a column; without an end, the region is still all of the line. */
    if (line > 0)
        json_object_set_new(
            physical, "region",
            json_pack("{s:i, s:i, s:i}", "startLine", line, "startColumn", 1, "endLine", line));
    json_t *location = json_pack("{s:o}", "physicalLocation", physical);
    if (function && *function)
        json_object_set_new(location, "logicalLocations",
                            json_pack("[{s:o, s:s}]", "fullyQualifiedName", sarif_string(function),
                                      "kind", "function"));
    if (text)
        json_object_set_new(location, "message", sarif_message(text));
    return location;
}

char *sarif_deed(const struct site *site)
{
    return xasprintf("%s %s", site->thread ? site->thread : "a thread",
                     site->act ? site->act : "stands here");
}

char *sarif_background(const struct background *background)
{
    const char *subject = background->subject;
    switch (background->kind) {
    case THREAD_MADE:
        return xasprintf("%s was made", subject ? subject : "a thread");
    case ALLOCATED:
        return xasprintf("the memory was allocated%s%s", subject ? " by " : "",
                         subject ? subject : "");
    case LOCK_SEEN:
        return xasprintf("%s was made or first seen", subject ? subject : "a lock");
    case OTHER_STACK:
        break;
    }
    return NULL;
}

static json_t *frame_json(const struct inspection *inspection, const struct frame *frame)
{
    json_t *location = sarif_location(inspection, frame->file, frame->line, frame->function, NULL);
    if (!location && frame->function && *frame->function)
        location = json_pack("{s:[{s:o, s:s}]}", "logicalLocations", "fullyQualifiedName",
                             sarif_string(frame->function), "kind", "function");
    json_t *json = json_object();
    if (location)
        json_object_set_new(json, "location", location);
    if (frame->module)
        json_object_set_new(json, "module", sarif_string(frame->module));
    return json;
}

/* An array of unique values, as the schema has it. */
static void append_unique(json_t *array, json_t *value)
{
    size_t index = 0;
    json_t *other = NULL;
    json_array_foreach(array, index, other)
    {
        if (json_equal(other, value)) {
            json_decref(value);
            return;
        }
    }
    json_array_append_new(array, value);
}

json_t *sarif_stacks(const struct inspection *inspection, const struct finding *finding)
{
    json_t *stacks = json_array();
    for (size_t i = 0; i < finding->site_count && i < SARIF_LOCATIONS; i++) {
        const struct site *site = &finding->sites[i];
        if (site->stack.count == 0)
            continue;
        json_t *frames = json_array();
        for (size_t f = 0; f < site->stack.count && f < MOST_FRAMES; f++)
            json_array_append_new(frames, frame_json(inspection, &site->stack.frames[f]));
        char *deed = sarif_deed(site);
        append_unique(stacks,
                      json_pack("{s:o, s:o}", "message", sarif_message(deed), "frames", frames));
        free(deed);
    }
    return stacks;
}
