/* One report of ThreadSanitizer: what tsan.h reads a log into. */
#ifndef RACELAB_DETECT_TSAN_REPORT_H
#define RACELAB_DETECT_TSAN_REPORT_H

#include "detect/text_lines.h"
#include "model/finding.h"

struct tsan_parser {
    const char *own_source; /* as in finding_add_site_at() */
    const char *program;    /* gives locks their names; or NULL */
    size_t frames;          /* seen in all */
    size_t frames_resolved; /* of those, with file and line */
};

/*
 * Adds the finding of one report: its lines from "WARNING: ThreadSanitizer: " on, whether or not its end
 * is there. Takes any bytes; linear in their number.
 *
 * Without own_source every access has a site, even if no frame of it is the program's own or has a name:
 * then its function is the best that is known ("memcpy", "libfoo.so+0x12"), or NULL.
 */
void tsan_parse_report(struct span text, struct findings *findings, struct tsan_parser *parser);

#endif
