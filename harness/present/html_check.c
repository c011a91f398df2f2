/* The page of a check, or of logs that were read. */
#include "present/html.h"

#include "model/memory.h"
#include "present/html_page.h"
#include "present/json_check.h"
#include "present/source.h"

#include <stdlib.h>

struct check {
    const struct inspection *inspection;
    const struct bugs *bugs;
};

static json_t *sources_json(const struct inspection *inspection, const struct bugs *bugs)
{
    struct sources *sources = sources_new(inspection);
    json_t *texts = json_object();
    size_t bytes = 0;
    for (size_t i = 0; i < bugs->count; i++) {
        const struct finding *finding = bugs->items[i].finding;
        for (size_t s = 0; s < finding->site_count; s++) {
            const char *file = finding->sites[s].file;
            if (file)
                html_add_source(texts, inspection_path(inspection, file), sources, file, &bytes);
        }
    }
    for (size_t i = 0; i < inspection->detector_count; i++)
        if (inspection->detectors[i].search)
            html_add_steps(texts, inspection->detectors[i].search, sources, &bytes);
    sources_free(sources);
    return texts;
}

/* Cuts each report for people to what a page holds. */
static void cut_reports(json_t *check)
{
    size_t i = 0;
    json_t *bug = NULL;
    json_array_foreach(json_object_get(check, "bugs"), i, bug)
    {
        html_cut_reports(json_object_get(bug, "seen"));
    }
}

static void print_plain(FILE *out, const void *user)
{
    const struct check *check = user;
    fputs("<ol>\n", out);
    for (size_t i = 0; i < check->bugs->count; i++) {
        const struct bug *bug = &check->bugs->items[i];
        fputs("<li>", out);
        html_print_text(out, bug->sentence);
        fputs("<br>", out);
        html_print_text(out, bug->remedy);
        fputs("</li>\n", out);
    }
    fputs("</ol>\n", out);
    if (check->bugs->count == 0)
        fputs("<p>Nothing was found.</p>\n", out);
}

int html_write_check(const char *path, const struct inspection *inspection, const struct bugs *bugs)
{
    struct check check = {.inspection = inspection, .bugs = bugs};
    json_t *result = json_check(inspection, bugs);
    if (result)
        cut_reports(result);
    json_t *data = json_pack("{s:s, s:o, s:o}", "kind", "check", "check", result, "sources",
                             sources_json(inspection, bugs));
    char *title = xasprintf("racelab: %s", inspection->logs ? "logs" : inspection->program);
    int status = html_page_write(path, title, data, print_plain, &check);
    free(title);
    return status;
}
