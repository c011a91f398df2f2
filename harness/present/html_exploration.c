/* The page of a search through schedules. */
#include "present/html.h"

#include "model/memory.h"
#include "present/html_page.h"
#include "present/json_exploration.h"
#include "present/schedule.h"

#include <stdlib.h>
#include <string.h>

void html_add_steps(json_t *texts, const struct exploration *exploration, struct sources *sources,
                    size_t *bytes)
{
    const struct schedule *schedule = &exploration->schedule;
    for (size_t i = 0; sources && i < schedule->step_count; i++) {
        const char *file = schedule->steps[i].place.file;
        if (file && schedule->steps[i].place.line > 0)
            html_add_source(texts, file, sources, file, bytes);
    }
}

static void print_plain(FILE *out, const void *user)
{
    static const struct style style = {0};
    static const struct schedule_options options = {.lines = true, .utf8 = true};
    char *text = NULL;
    size_t length = 0;
    FILE *told = open_memstream(&text, &length);
    if (!told)
        return;
    exploration_print(told, &style, user, &options);
    fclose(told);
    for (char *at = text; at && *at;) {
        size_t line = strcspn(at, "\n");
        char *one = xstrndup(at, line);
        fputs("<p>", out);
        html_print_text(out, one);
        fputs("</p>\n", out);
        free(one);
        at += line + (at[line] == '\n');
    }
    free(text);
}

int html_write_exploration(const char *path, const struct exploration *exploration,
                           struct sources *sources)
{
    json_t *result = json_exploration(exploration);
    if (result)
        html_cut_reports(json_object_get(result, "findings"));
    json_t *texts = json_object();
    size_t bytes = 0;
    html_add_steps(texts, exploration, sources, &bytes);
    json_t *data = json_pack("{s:s, s:o, s:o}", "kind", "exploration", "exploration", result,
                             "sources", texts);
    char *title =
        xasprintf("racelab: %s", exploration->program ? exploration->program : "schedules");
    int status = html_page_write(path, title, data, print_plain, exploration);
    free(title);
    return status;
}
