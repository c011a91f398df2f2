/* The reader of ThreadSanitizer's text (see tsan.h): where reports begin and end, and what else the runtime
 * says. What a report means is tsan_report.c's. */
#include "detect/report_gather.h"
#include "detect/tsan.h"
#include "detect/tsan_report.h"
#include "model/memory.h"

#include <stdlib.h>

#define WARNING "WARNING: ThreadSanitizer: "

struct tsan_reader {
    struct tsan_parser parser;
    struct report_gather gather;
    struct text_lines lines;
    size_t line; /* of the text fed, 1-based */
    bool ran;
};

static void parse(struct span text, struct findings *findings, void *user)
{
    struct tsan_reader *reader = user;
    tsan_parse_report(text, findings, &reader->parser);
}

struct tsan_reader *tsan_reader_new(const char *own_source, const char *program,
                                    struct findings *findings)
{
    struct tsan_reader *reader = xcalloc(1, sizeof(*reader));
    reader->parser = (struct tsan_parser){.own_source = own_source, .program = program};
    report_gather_init(&reader->gather, findings, parse, reader);
    return reader;
}

/* A line that is of the runtime, but not of a report. */
static bool runtime_line(struct tsan_reader *reader, struct span line)
{
    /* All that the runtime says of itself has its name in it, and most lines of a log do not. */
    const char *name = line.length > 0 ? span_find(line, "ThreadSanitizer") : NULL;
    if (!name)
        return false;
    if (span_find(line, "FATAL: ThreadSanitizer") ||
        span_find(line, "ThreadSanitizer: CHECK failed") ||
        span_starts(line, "ThreadSanitizer:DEADLYSIGNAL")) {
        report_gather_trouble(&reader->gather,
                              xasprintf("ThreadSanitizer itself failed: %.*s",
                                        (int)(line.length < 200 ? line.length : 200), line.text));
        return true;
    }
    if (span_starts(line, "***** Running under ThreadSanitizer")) {
        reader->ran = true;
        return true;
    }
    return span_starts(line, "ThreadSanitizer: ");
}

bool tsan_reader_line(struct tsan_reader *reader, struct span line, size_t number)
{
    struct report_gather *gather = &reader->gather;
    reader->line = number;
    if (gather->begun) {
        if (span_starts(line, "  ") || line.length == 0) {
            report_gather_line(gather, line);
            return true;
        }
        if (span_starts(line, "SUMMARY: ThreadSanitizer: ")) {
            report_gather_line(gather, line);
            report_gather_end(gather);
            return true;
        }
        if (span_starts(line, "==================")) {
            report_gather_trouble(
                gather, xasprintf("the report that begins at line %zu ends without its SUMMARY: "
                                  "was something else written into it?",
                                  gather->begun));
            report_gather_end(gather);
            return true;
        }
    }
    if (!span_starts(line, WARNING))
        return runtime_line(reader, line);
    report_gather_begin(gather, line, number);
    return true;
}

static void take_line(struct span line, void *user)
{
    struct tsan_reader *reader = user;
    tsan_reader_line(reader, line, reader->line + 1);
}

void tsan_reader_feed(struct tsan_reader *reader, const char *piece, size_t length)
{
    text_lines_feed(&reader->lines, piece, length, take_line, reader);
}

char *tsan_reader_end(struct tsan_reader *reader, bool *ran)
{
    text_lines_end(&reader->lines, take_line, reader);
    struct report_gather *gather = &reader->gather;
    if (gather->begun) {
        report_gather_trouble(
            gather, xasprintf("the report that begins at line %zu is cut off before its SUMMARY; "
                              "was the disk full, or the program ended from outside?",
                              gather->begun));
        report_gather_end(gather);
    }
    if (reader->parser.frames > 0 && reader->parser.frames_resolved == 0)
        report_gather_trouble(gather,
                              xstrdup("ThreadSanitizer gave no file and line: install "
                                      "llvm-symbolizer (Debian's package llvm) and build with -g"));
    *ran = *ran || reader->ran;
    char *trouble = report_gather_release(gather);
    free(reader);
    return trouble;
}

char *tsan_read_text(const char *text, size_t length, const char *own_source, const char *program,
                     struct findings *findings, bool *ran)
{
    struct tsan_reader *reader = tsan_reader_new(own_source, program, findings);
    tsan_reader_feed(reader, text, length);
    return tsan_reader_end(reader, ran);
}
