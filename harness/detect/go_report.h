/* One report of Go's race detector: what go_text.h reads a log into. */
#ifndef RACELAB_DETECT_GO_REPORT_H
#define RACELAB_DETECT_GO_REPORT_H

#include "detect/text_lines.h"
#include "model/finding.h"

/* Whether a line of a log can be one of a report that has begun. */
bool go_report_line(struct span line);
/* Adds the finding of one report: its lines from "WARNING: DATA RACE" on, without the rule below. Every
 * access has a site, even where the detector lost its stack. Takes any bytes; linear in their number. */
void go_parse_report(struct span text, const char *own_source, struct findings *findings);

#endif
