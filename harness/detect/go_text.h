/*
 * The reader of what Go's race detector prints (recorded with Go 1.19), among a program's own output. Its
 * reports tell addresses and no names of variables. For one thread at a time.
 *
 * Equal reports and memory: as for ThreadSanitizer, see tsan.h.
 */
#ifndef RACELAB_DETECT_GO_TEXT_H
#define RACELAB_DETECT_GO_TEXT_H

#include "detect/text_lines.h"
#include "model/finding.h"

struct go_reader;

/* Findings are added to `findings`, which nobody else may change before the end. `own_source` as in
 * finding_add_site_at(). Both must outlive the reader. */
struct go_reader *go_reader_new(const char *own_source, struct findings *findings);
/* Takes one line without its newline, the log's line `number` (1-based). Returns whether it is of the
 * race detector. */
bool go_reader_line(struct go_reader *reader, struct span line, size_t number);
/* Ends and frees the reader; a report that is still open is kept. Returns NULL, or a sentence (from malloc)
 * on what makes the text incomplete. */
char *go_reader_end(struct go_reader *reader);

#endif
