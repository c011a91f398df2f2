#include "present/junit.h"

#include "model/memory.h"
#include "present/check.h"
#include "present/check_runs.h"
#include "present/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct document {
    const struct inspection *inspection;
    const struct bugs *bugs;
    struct check_options options;
};

struct counts {
    size_t tests;
    size_t failures;
    size_t errors;
    size_t skipped;
    uint64_t time_ns;
};

/* Character data or the value of an attribute. What XML 1.0 forbids, even as a reference (2.2, Char), is spelt
 * out, with all that print_inert() spells out. */
static void write_text(FILE *out, const char *text)
{
    char *inert = NULL;
    size_t length = 0;
    FILE *into = open_memstream(&inert, &length);
    if (!into)
        return;
    print_inert(into, text, strlen(text));
    if (fclose(into) != 0 || !inert) {
        free(inert);
        return;
    }
    for (const char *at = inert; *at; at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\n': /* an attribute would turn it into a blank */
            fputs("&#10;", out);
            break;
        default:
            if (strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0) {
                fprintf(out, "\\xef\\xbf\\x%02x", (unsigned char)at[2]);
                at += 2;
            } else {
                fputc(*at, out);
            }
        }
    }
    free(inert);
}

static void write_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    char *line = inert_line(value);
    write_text(out, line);
    free(line);
    fputc('"', out);
}

static void write_counts(FILE *out, const struct counts *counts)
{
    uint64_t ms = counts->time_ns / 1000000;
    fprintf(out,
            " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%zu.%03zu\"",
            counts->tests, counts->failures, counts->errors, counts->skipped, (size_t)(ms / 1000),
            (size_t)(ms % 1000));
}

static void add_counts(struct counts *sum, const struct counts *more)
{
    sum->tests += more->tests;
    sum->failures += more->failures;
    sum->errors += more->errors;
    sum->skipped += more->skipped;
    sum->time_ns += more->time_ns;
}

static bool run_proves(const struct inspected_run *run)
{
    return !run->report.trouble && run->end != RUN_NOT_STARTED && run->end != RUN_CANCELLED;
}

static struct counts count_runs(const struct inspected *detector)
{
    struct counts counts = {.tests = detector->run_count};
    for (size_t i = 0; i < detector->run_count; i++) {
        counts.errors += !run_proves(&detector->runs[i]);
        counts.time_ns += detector->runs[i].duration_ns;
    }
    if (detector->run_count == 0) {
        counts.tests = 1;
        counts.skipped = 1;
    }
    return counts;
}

static struct counts count_bugs(const struct bugs *bugs)
{
    struct counts counts = {.tests = bugs->count};
    for (size_t i = 0; i < bugs->count; i++)
        counts.skipped += bugs->items[i].known;
    counts.failures = counts.tests - counts.skipped;
    return counts;
}

static void write_suite(FILE *out, const char *name, const struct counts *counts)
{
    fputs("  <testsuite", out);
    write_attribute(out, "name", name);
    write_counts(out, counts);
    fputs(">\n", out);
}

static void write_run(FILE *out, const struct inspected *detector, size_t index)
{
    const struct inspected_run *run = &detector->runs[index];
    struct counts time = {.time_ns = run->duration_ns};
    char *class = xasprintf("racelab.%s", detector->name);
    char *name = !detector->search    ? xasprintf("run %zu", index + 1)
                 : run->schedule == 0 ? xstrdup("search")
                                      : xasprintf("schedule %zu", run->schedule);
    fputs("    <testcase", out);
    write_attribute(out, "classname", class);
    write_attribute(out, "name", name);
    uint64_t ms = time.time_ns / 1000000;
    fprintf(out, " time=\"%zu.%03zu\"", (size_t)(ms / 1000), (size_t)(ms % 1000));
    free(class);
    free(name);
    char *ending = check_ending(run);
    if (run_proves(run) && !ending) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    if (!run_proves(run)) {
        fputs("      <error", out);
        write_attribute(out, "type", "trouble");
        write_attribute(out, "message", run->report.trouble ? run->report.trouble : ending);
        fputs("/>\n", out);
    }
    if (ending) {
        fputs("      <system-out>the program ", out);
        write_text(out, ending);
        if (run->output) {
            fputs("&#10;", out);
            write_text(out, run->output);
        }
        fputs("</system-out>\n", out);
    }
    free(ending);
    fputs("    </testcase>\n", out);
}

static void write_detector(FILE *out, const struct inspected *detector)
{
    struct counts counts = count_runs(detector);
    write_suite(out, detector->name, &counts);
    for (size_t i = 0; i < detector->run_count; i++)
        write_run(out, detector, i);
    if (detector->run_count == 0) {
        char *class = xasprintf("racelab.%s", detector->name);
        fputs("    <testcase", out);
        write_attribute(out, "classname", class);
        fputs(" name=\"run 1\" time=\"0.000\"><skipped", out);
        write_attribute(out, "message", detector->skipped ? detector->skipped : "it did not run");
        fputs("/></testcase>\n", out);
        free(class);
    }
    fputs("  </testsuite>\n", out);
}

static void write_place(FILE *out, const struct inspection *inspection, const struct bug *bug)
{
    const struct finding *finding = bug->finding;
    if (finding->site_count == 0 || !finding->sites[0].file)
        return;
    write_attribute(out, "file", inspection_path(inspection, finding->sites[0].file));
    if (finding->sites[0].line > 0)
        fprintf(out, " line=\"%d\"", finding->sites[0].line);
}

static void write_bug(FILE *out, const struct document *document, size_t index)
{
    const struct bug *bug = &document->bugs->items[index];
    char *class = xasprintf("racelab.%s", defect_word(bug->defect));
    fputs("    <testcase", out);
    write_attribute(out, "classname", class);
    free(class);
    write_attribute(out, "name", bug->sentence);
    write_place(out, document->inspection, bug);
    fputs(" time=\"0.000\">", out);
    if (bug->known) {
        fputs("<skipped message=\"known: it is in the baseline\"/></testcase>\n", out);
        return;
    }
    fputs("\n      <failure", out);
    write_attribute(out, "type", defect_word(bug->defect));
    write_attribute(out, "message", bug->sentence);
    fputs(">", out);
    char *text = NULL;
    size_t length = 0;
    FILE *into = open_memstream(&text, &length);
    if (into) {
        check_print_body(into, document->inspection, document->bugs, index, &document->options);
        fclose(into);
    }
    /* The line ends of the text may stand as themselves. */
    for (const char *at = text; at && *at;) {
        size_t line = strcspn(at, "\n");
        char *copy = xstrndup(at, line);
        write_text(out, copy);
        free(copy);
        fputc('\n', out);
        at += line + (at[line] == '\n');
    }
    free(text);
    fputs("</failure>\n    </testcase>\n", out);
}

static int write_document(FILE *out, const void *opaque)
{
    const struct document *document = opaque;
    const struct inspection *inspection = document->inspection;
    struct counts bug_counts = count_bugs(document->bugs);
    struct counts sum = bug_counts;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        struct counts counts = count_runs(&inspection->detectors[i]);
        add_counts(&sum, &counts);
    }
    errno = 0;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"racelab\"", out);
    write_counts(out, &sum);
    fputs(">\n", out);
    for (size_t i = 0; i < inspection->detector_count; i++)
        write_detector(out, &inspection->detectors[i]);
    if (document->bugs->count > 0) {
        write_suite(out, "bugs", &bug_counts);
        for (size_t i = 0; i < document->bugs->count; i++)
            write_bug(out, document, i);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    return 0;
}

int junit_write(const char *path, const struct inspection *inspection, const struct bugs *bugs,
                source_line_fn *line, void *user)
{
    struct document document = {inspection, bugs, {.line = line, .user = user}};
    return save(path, write_document, &document);
}
