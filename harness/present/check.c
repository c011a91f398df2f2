#include "present/check.h"

#include "model/memory.h"
#include "present/check_runs.h"
#include "present/hang.h"
#include "present/sites.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 3 };

struct printer {
    FILE *out;
    const struct style *style;
    const struct inspection *inspection;
    const struct bugs *bugs;
    const struct check_options *options;
};

/* A paragraph at `indent`, after what stands on its first line already. */
static void print_paragraph(const struct printer *printer, int indent, const char *text)
{
    char *inert = inert_line(text);
    print_wrapped(printer->out, printer->style, indent, inert);
    free(inert);
}

static char *appended(char *text, const char *separator, char *more)
{
    char *longer = xasprintf("%s%s%s", text ? text : "", text ? separator : "", more);
    free(text);
    free(more);
    return longer;
}

/* "tsan in 3 of 3 runs, helgrind in 1 of 1 (12000 reports)" */
static char *who_saw(const struct inspection *inspection, const struct bug *bug)
{
    char *text = NULL;
    bool first = true;
    for (size_t i = 0; i < inspection->detector_count; i++) {
        const struct sighting *sighting = &bug->sightings[i];
        const struct inspected *detector = &inspection->detectors[i];
        if (!sighting->first)
            continue;
        const char *unit = !first ? "" : inspection->logs ? " logs" : " runs";
        char *seen = NULL;
        if (detector->search)
            seen = xasprintf("%s in schedule %zu of %zu", detector->name, sighting->schedule,
                             detector->search->asked ? detector->search->asked
                                                     : detector->search->schedules);
        else
            seen = xasprintf("%s in %zu of %zu%s", detector->name, sighting->runs,
                             detector->run_count, unit);
        if (!detector->search && sighting->reports > sighting->runs) {
            char *often = xasprintf("%s (%zu reports)", seen, sighting->reports);
            free(seen);
            seen = often;
        }
        text = appended(text, ", ", seen);
        first = first && detector->search;
    }
    return text;
}

static void print_seen(const struct printer *printer, const struct bug *bug)
{
    char *seen = who_saw(printer->inspection, bug);
    if (seen) {
        fprintf(printer->out, "%*sseen by  ", INDENT, "");
        print_paragraph(printer, INDENT + 9, seen);
    }
    free(seen);
}

/* The number of the first bug before this one of which the detector's silence was told alike; 0: none. */
static size_t told_before(const struct printer *printer, size_t index, size_t detector)
{
    const char *silent = printer->bugs->items[index].sightings[detector].silent;
    size_t number = 0;
    for (size_t i = 0; i < index; i++) {
        const struct bug *bug = &printer->bugs->items[i];
        if (bug->known)
            continue;
        number++;
        const char *other = bug->sightings[detector].silent;
        if (other && strcmp(other, silent) == 0)
            return number;
    }
    return 0;
}

static void print_silent(const struct printer *printer, size_t index)
{
    const struct bug *bug = &printer->bugs->items[index];
    bool headed = false;
    for (size_t i = 0; i < printer->inspection->detector_count; i++) {
        const struct inspected *detector = &printer->inspection->detectors[i];
        if (!bug->sightings[i].silent || detector->skipped)
            continue;
        size_t before = told_before(printer, index, i);
        char *text = before ? xasprintf("%s (as of bug %zu)", detector->name, before)
                            : xasprintf("%s: %s", detector->name, bug->sightings[i].silent);
        fprintf(printer->out, "%*s%s", INDENT, "", headed ? "         " : "silent   ");
        print_paragraph(printer, INDENT + 9, text);
        free(text);
        headed = true;
    }
}

static void print_raw(const struct printer *printer, const struct bug *bug)
{
    for (size_t i = 0; i < printer->inspection->detector_count; i++) {
        const struct finding *first = bug->sightings[i].first;
        if (!first || !first->raw)
            continue;
        char *name = inert_line(printer->inspection->detectors[i].name);
        fprintf(printer->out, "\n%*s%s says:\n", INDENT, "", name);
        free(name);
        for (const char *at = first->raw; *at;) {
            size_t length = strcspn(at, "\n");
            fputs(length > 0 ? "   | " : "   |", printer->out);
            print_inert(printer->out, at, length);
            fputc('\n', printer->out);
            at += length + (at[length] == '\n');
        }
    }
}

/* What `hang_print_...` writes, indented, and without its first sentence where the bug's own is that. */
static void print_explanation(const struct printer *printer, const struct bug *bug)
{
    struct explanation rest = *bug->explanation;
    if (rest.sentence_count > 0 && strcmp(rest.sentences[0], bug->sentence) == 0) {
        rest.sentences++;
        rest.sentence_count--;
    }
    struct style narrow = *printer->style;
    if (narrow.width > 2 * INDENT)
        narrow.width -= INDENT;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return;
    if (rest.sentence_count > 0 || rest.trouble)
        fputc('\n', out);
    hang_print_sentences(out, &narrow, &rest);
    hang_print_threads(out, &narrow, &rest);
    if (fclose(out) == 0 && text) {
        for (const char *at = text; *at;) {
            size_t line = strcspn(at, "\n");
            fprintf(printer->out, "%*s%.*s\n", line > 0 ? INDENT : 0, "", (int)line, at);
            at += line + (at[line] == '\n');
        }
    }
    free(text);
}

static void print_hint(const struct printer *printer, const struct bug *bug)
{
    if (!bug->remedy && !bug->lesson)
        return;
    char *text = NULL;
    if (bug->remedy && bug->lesson)
        text = xasprintf("%s (racelab show %s)", bug->remedy, bug->lesson);
    else
        text = bug->remedy ? xstrdup(bug->remedy) : xasprintf("racelab show %s", bug->lesson);
    fprintf(printer->out, "\n%*shint: ", INDENT, "");
    print_paragraph(printer, INDENT + 6, text);
    free(text);
}

static bool same_text(const char *left, const char *right)
{
    return left && right && strcmp(left, right) == 0;
}

/* The number of the bug of the same kind and object that was told in full; 0: this is the first. They
 * stand next to each other (judge/bug.h). */
static size_t told_in_full(const struct printer *printer, size_t index, size_t number)
{
    const struct bug *bug = &printer->bugs->items[index];
    size_t first = 0;
    for (size_t i = index; i-- > 0;) {
        const struct bug *other = &printer->bugs->items[i];
        if (other->defect != bug->defect || !same_text(other->object, bug->object))
            break;
        if (!other->known)
            first = --number;
    }
    return first;
}

/* Who saw it and who did not, its places, a hint. */
static void print_body(const struct printer *printer, size_t index)
{
    const struct bug *bug = &printer->bugs->items[index];
    print_seen(printer, bug);
    if (!printer->inspection->logs)
        print_silent(printer, index);
    if (bug->defect == DEFECT_LOCK_ORDER && !bug->happened) {
        fprintf(printer->out, "%*s", INDENT, "");
        print_paragraph(printer, INDENT,
                        "No run deadlocked by it: it follows from the order in which locks were "
                        "taken.");
    }
    if (bug->explanation)
        print_explanation(printer, bug);
    else
        sites_print(printer->out, printer->style, printer->inspection, bug->finding,
                    printer->options->line, printer->options->user);
    print_hint(printer, bug);
    if (printer->options->raw)
        print_raw(printer, bug);
}

static void print_bug(const struct printer *printer, size_t index, size_t number)
{
    const struct bug *bug = &printer->bugs->items[index];
    const struct style *style = printer->style;
    char *sentence = inert_line(bug->sentence);
    int indent = fprintf(printer->out, "%s%zu. ", style_bold(style), number) -
                 (int)strlen(style_bold(style));
    print_wrapped(printer->out, style, indent, sentence);
    fputs(style_end(style), printer->out);
    free(sentence);
    if (printer->options->brief)
        return;
    size_t full = told_in_full(printer, index, number);
    if (full > 0 && !printer->options->raw) {
        print_seen(printer, bug);
        fprintf(printer->out,
                "%*sfor more see bug %zu, on the same object; --raw and the page tell all\n\n",
                INDENT, "", full);
        return;
    }
    print_body(printer, index);
    fputc('\n', printer->out);
}

void check_print(FILE *out, const struct style *style, const struct inspection *inspection,
                 const struct bugs *bugs, const struct check_options *options)
{
    struct printer printer = {out, style, inspection, bugs, options};
    size_t number = 0;
    for (size_t i = 0; i < bugs->count; i++) {
        if (!bugs->items[i].known)
            print_bug(&printer, i, ++number);
    }
    if (number > 0 && options->brief)
        fputc('\n', out);
    check_print_runs(out, style, inspection, bugs, options->brief);
    fputc('\n', out);
    check_print_sum(out, style, inspection, bugs);
}

void check_print_body(FILE *out, const struct inspection *inspection, const struct bugs *bugs,
                      size_t index, const struct check_options *options)
{
    struct style plain = {0};
    struct printer printer = {out, &plain, inspection, bugs, options};
    print_body(&printer, index);
}
