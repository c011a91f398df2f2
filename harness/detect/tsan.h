/* ThreadSanitizer of clang (14 to 22) and of gcc (12): its options, and the reader of its text reports. */
#ifndef RACELAB_DETECT_TSAN_H
#define RACELAB_DETECT_TSAN_H

#include "detect/detect.h"
#include "detect/text_lines.h"

void tsan_command(const struct target *target, struct command *command);
void tsan_read(const struct target *target, const struct run_outcome *outcome,
               struct report *report);

/*
 * A reader of ThreadSanitizer's text, be it what `log_path` leaves or standard error, where the program's
 * own lines may stand before, between and inside the reports. It is fed pieces of any size, or lines.
 * For one thread at a time.
 *
 * A report that is the same as one before, process ids, addresses and the numbers of threads and
 * mutexes aside, only raises finding.times. Memory is bounded by the number of different reports (see
 * report_gather.h), time is linear in the text.
 */
struct tsan_reader;

/* Findings are added to `findings`, which nobody else may change before the end. `own_source` as in
 * finding_add_site_at(): NULL for a user's program. Symbols of locks come from `program`, which may be
 * NULL. All must outlive the reader. */
struct tsan_reader *tsan_reader_new(const char *own_source, const char *program,
                                    struct findings *findings);
void tsan_reader_feed(struct tsan_reader *reader, const char *piece, size_t length);
/* Takes one line without its newline, the log's line `number` (1-based). Returns whether it is of the
 * runtime: of a report, or of what it says besides. Not to be mixed with tsan_reader_feed(). */
bool tsan_reader_line(struct tsan_reader *reader, struct span line, size_t number);
/*
 * Ends and frees the reader; a report that is still open is kept. Returns NULL, or a sentence (from malloc)
 * on what makes the text unreadable or incomplete. *ran is set true where the runtime announced itself
 * (TSAN_OPTIONS verbosity=1), and otherwise left alone.
 */
char *tsan_reader_end(struct tsan_reader *reader, bool *ran);

/* All three in one, for a text that is there as a whole. */
char *tsan_read_text(const char *text, size_t length, const char *own_source, const char *program,
                     struct findings *findings, bool *ran);

#endif
