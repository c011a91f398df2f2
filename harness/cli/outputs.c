#include "cli/outputs.h"

#include "cli/cli.h"
#include "judge/bug.h"
#include "model/memory.h"
#include "present/check.h"
#include "present/html.h"
#include "present/json_check.h"
#include "present/junit.h"
#include "present/sarif.h"
#include "present/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_JSON = 512,
    OPTION_SARIF,
    OPTION_JUNIT,
    OPTION_HTML,
    OPTION_BASELINE,
    OPTION_ROOT,
    OPTION_BRIEF,
    OPTION_RAW
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What becomes of the result:", 2},
    {"json", OPTION_JSON, "FILE", 0,
     "Also write it as JSON (-: to standard output, and nothing else)", 2},
    {"sarif", OPTION_SARIF, "FILE", 0, "Also as SARIF 2.1.0, for code scanning (-: as above)", 2},
    {"junit", OPTION_JUNIT, "FILE", 0, "Also as JUnit XML, for CI systems (-: as above)", 2},
    {"html", OPTION_HTML, "FILE", 0, "Also as one page to explore (-: as above)", 2},
    {"baseline", OPTION_BASELINE, "FILE", 0,
     "Only what is not in FILE, an earlier --json, is shown and counts", 2},
    {"root", OPTION_ROOT, "DIR", 0, "Tell paths relative to DIR (default: the working directory)",
     2},
    {"brief", OPTION_BRIEF, 0, 0, "One sentence a bug, and the summary", 2},
    {"raw", OPTION_RAW, 0, 0, "Show also each detector's own report of a bug", 2},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct outputs *outputs = state->input;
    switch (key) {
    case OPTION_JSON:
        outputs->json = argument;
        return 0;
    case OPTION_SARIF:
        outputs->sarif = argument;
        return 0;
    case OPTION_JUNIT:
        outputs->junit = argument;
        return 0;
    case OPTION_HTML:
        outputs->html = argument;
        return 0;
    case OPTION_BASELINE:
        outputs->baseline = argument;
        return 0;
    case OPTION_ROOT:
        outputs->root = argument;
        return 0;
    case OPTION_BRIEF:
        outputs->brief = true;
        return 0;
    case OPTION_RAW:
        outputs->raw = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp outputs_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

static int bad_baseline(const char *path, const char *why)
{
    cli_error("%s is no baseline: %s (one is made by `racelab check --json FILE`)", path, why);
    return STATUS_USAGE;
}

int outputs_open(struct outputs *outputs)
{
    json_error_t error;
    if (!outputs->baseline)
        return STATUS_KEPT;
    json_t *baseline = json_load_file(outputs->baseline, 0, &error);
    const char *format = json_string_value(json_object_get(baseline, "format"));
    json_t *bugs = json_object_get(baseline, "bugs");
    size_t index;
    json_t *bug;
    int status = STATUS_KEPT;
    if (!baseline)
        status = bad_baseline(outputs->baseline, error.text);
    else if (!format || strcmp(format, CHECK_FORMAT) != 0 || !json_is_array(bugs))
        status = bad_baseline(outputs->baseline, "it is JSON, but no result of a check");
    json_array_foreach(bugs, index, bug)
    {
        const char *text = json_string_value(json_object_get(bug, "fingerprint"));
        char **slot = text ? xappend((void **)&outputs->fingerprints, &outputs->fingerprint_count,
                                     sizeof(*outputs->fingerprints))
                           : NULL;
        if (slot)
            *slot = xstrdup(text);
    }
    json_decref(baseline);
    return status;
}

char *outputs_root(const struct outputs *outputs)
{
    char *root = realpath(outputs->root ? outputs->root : ".", NULL);
    return root ? root : xstrdup(outputs->root ? outputs->root : ".");
}

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

FILE *outputs_for_people(const struct outputs *outputs)
{
    return is_stdout(outputs->json) || is_stdout(outputs->sarif) || is_stdout(outputs->junit) ||
                   is_stdout(outputs->html)
               ? stderr
               : stdout;
}

static int written(const char *path, int error)
{
    if (error)
        cli_error("%s: %s", path, strerror(-error));
    return error ? STATUS_OUTPUT : STATUS_KEPT;
}

int outputs_show(const struct outputs *outputs, const struct inspection *inspection)
{
    const struct sarif_options sarif = {.baseline = outputs->baseline != NULL};
    struct bugs bugs;
    struct sources *sources = sources_new(inspection);
    bugs_merge(inspection, sources_line, sources, &bugs);
    size_t known = bugs_mark_known(&bugs, outputs->fingerprints, outputs->fingerprint_count);
    int status = STATUS_KEPT;
    if (outputs_for_people(outputs) == stdout) {
        struct style style = style_for(stdout);
        const struct check_options show = {
            .brief = outputs->brief, .raw = outputs->raw, .line = sources_line, .user = sources};
        check_print(stdout, &style, inspection, &bugs, &show);
    }
    if (outputs->json && !status)
        status = written(outputs->json, json_write_check(outputs->json, inspection, &bugs));
    if (outputs->sarif && !status)
        status = written(outputs->sarif, sarif_write(outputs->sarif, inspection, &bugs, &sarif));
    if (outputs->junit && !status)
        status = written(outputs->junit,
                         junit_write(outputs->junit, inspection, &bugs, sources_line, sources));
    if (outputs->html && !status)
        status = written(outputs->html, html_write_check(outputs->html, inspection, &bugs));
    if (!status && bugs.count > known)
        status = STATUS_NOT_KEPT;
    bugs_release(&bugs);
    sources_free(sources);
    return status;
}

void outputs_release(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->fingerprint_count; i++)
        free(outputs->fingerprints[i]);
    free(outputs->fingerprints);
}
