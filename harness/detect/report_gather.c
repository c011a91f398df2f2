#include "detect/report_gather.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* What a finding and each line of its stacks take besides their text, about. */
#define FINDING_COST 512
#define LINE_COST    64

void report_gather_init(struct report_gather *gather, struct findings *findings,
                        report_parse_fn *parse, void *user)
{
    *gather = (struct report_gather){.findings = findings, .parse = parse, .user = user};
    gather->index = report_index_new();
}

char *report_gather_release(struct report_gather *gather)
{
    char *trouble = gather->trouble;
    free(gather->text);
    report_index_free(gather->index);
    *gather = (struct report_gather){0};
    return trouble;
}

void report_gather_trouble(struct report_gather *gather, char *trouble)
{
    if (gather->trouble)
        free(trouble);
    else
        gather->trouble = trouble;
}

void report_gather_begin(struct report_gather *gather, struct span line, size_t number)
{
    if (gather->begun) {
        report_gather_trouble(gather,
                              xasprintf("line %zu: a report begins inside another one", number));
        report_gather_end(gather);
    }
    if (!gather->text)
        gather->text = xcalloc(REPORT_ROOM, 1);
    gather->begun = number;
    gather->length = 0;
    gather->lines = 0;
    gather->cut = false;
    report_gather_line(gather, line);
}

void report_gather_line(struct report_gather *gather, struct span line)
{
    if (gather->cut || line.length + 1 > REPORT_ROOM - gather->length) {
        gather->cut = true;
        return;
    }
    memcpy(gather->text + gather->length, line.text, line.length);
    gather->length += line.length;
    gather->text[gather->length++] = '\n';
    gather->lines++;
}

void report_gather_end(struct report_gather *gather)
{
    struct span text = {gather->text, gather->length};
    size_t cost = text.length + gather->lines * LINE_COST + FINDING_COST;
    if (gather->cut)
        report_gather_trouble(
            gather, xasprintf("the report that begins at line %zu is longer than %zu KB; only its "
                              "beginning was read",
                              gather->begun, REPORT_ROOM / 1024));
    size_t same = report_index_find(gather->index, text.text, text.length);
    if (same != REPORT_IS_NEW) {
        gather->findings->items[same].times++;
    } else if (cost > REPORTS_ROOM - gather->kept) {
        report_gather_trouble(
            gather, xasprintf("there are more than %zu MB of different reports; those that are new "
                              "from line %zu on were not read",
                              REPORTS_ROOM / 1024 / 1024, gather->begun));
    } else {
        size_t added = gather->findings->count;
        gather->parse(text, gather->findings, gather->user);
        gather->findings->items[added].raw = xstrndup(text.text, text.length);
        gather->findings->items[added].raw_line = gather->begun;
        report_index_remember(gather->index, added);
        gather->kept += cost;
    }
    gather->begun = 0;
}
