/*
 * What the readers of text reports have in common: the lines of one report are gathered, a report that
 * was already read is counted, and a new one is parsed and kept with its text.
 *
 * Memory is bounded: by REPORT_ROOM for the report at hand, and by REPORTS_ROOM for all different ones
 * together, however long the log is. For one thread at a time.
 */
#ifndef RACELAB_DETECT_REPORT_GATHER_H
#define RACELAB_DETECT_REPORT_GATHER_H

#include "detect/report_index.h"
#include "detect/text_lines.h"
#include "model/finding.h"

/* Bytes of one report that are looked at; the rest of it is passed over, and trouble told. */
#define REPORT_ROOM ((size_t)1024 * 1024)
/* Bytes of different reports that are kept, an allowance for what is parsed of them included; what comes
 * after that and is new is passed over, and trouble told. */
#define REPORTS_ROOM ((size_t)128 * 1024 * 1024)

/* Adds exactly one finding for this report: whole lines, each with its newline. */
typedef void report_parse_fn(struct span text, struct findings *findings, void *user);

struct report_gather {
    struct findings *findings; /* borrowed */
    report_parse_fn *parse;
    void *user;
    size_t begun;  /* line of the log where the report at hand began, 1-based; 0: none is open */
    char *trouble; /* the first that was told; NULL: none */
    char *text;    /* of the report at hand; REPORT_ROOM bytes */
    size_t length, lines;
    bool cut; /* it is longer than REPORT_ROOM */
    size_t kept;
    struct report_index *index;
};

void report_gather_init(struct report_gather *gather, struct findings *findings,
                        report_parse_fn *parse, void *user);
/* Frees what is held; returns the trouble (from malloc) or NULL. The findings stay. */
char *report_gather_release(struct report_gather *gather);

/* A report begins on line `number`, with this line. One that is open ends before it, which is a trouble. */
void report_gather_begin(struct report_gather *gather, struct span line, size_t number);
void report_gather_line(struct report_gather *gather, struct span line);
/* The report at hand is whole, or no more of it will come. */
void report_gather_end(struct report_gather *gather);
/* Takes over a sentence from malloc. Only the first is kept. */
void report_gather_trouble(struct report_gather *gather, char *trouble);

#endif
