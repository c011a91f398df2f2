#include "detect/go_text.h"

#include "detect/go_report.h"
#include "detect/report_gather.h"
#include "model/memory.h"

#include <stdlib.h>

struct go_reader {
    const char *own_source;
    struct report_gather gather;
};

static void parse(struct span text, struct findings *findings, void *user)
{
    const struct go_reader *reader = user;
    go_parse_report(text, reader->own_source, findings);
}

struct go_reader *go_reader_new(const char *own_source, struct findings *findings)
{
    struct go_reader *reader = xcalloc(1, sizeof(*reader));
    reader->own_source = own_source;
    report_gather_init(&reader->gather, findings, parse, reader);
    return reader;
}

bool go_reader_line(struct go_reader *reader, struct span line, size_t number)
{
    struct report_gather *gather = &reader->gather;
    bool begins = span_starts(line, "WARNING: DATA RACE");
    if (gather->begun) {
        if (!begins && go_report_line(line)) {
            report_gather_line(gather, line);
            return true;
        }
        if (span_starts(line, "==================")) {
            report_gather_end(gather);
            return true;
        }
    }
    if (!begins)
        return span_starts(line, "Found ") && span_find(line, " data race(s)");
    report_gather_begin(gather, line, number);
    return true;
}

char *go_reader_end(struct go_reader *reader)
{
    struct report_gather *gather = &reader->gather;
    if (gather->begun) {
        report_gather_trouble(
            gather, xasprintf("the report that begins at line %zu is cut off before its end; "
                              "was the disk full, or the program ended from outside?",
                              gather->begun));
        report_gather_end(gather);
    }
    char *trouble = report_gather_release(gather);
    free(reader);
    return trouble;
}
