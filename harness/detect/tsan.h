/* ThreadSanitizer of clang (14 to 22) and of gcc (12): its options, and the reader of its text reports. */
#ifndef RACELAB_DETECT_TSAN_H
#define RACELAB_DETECT_TSAN_H

#include "detect/detect.h"

void tsan_command(const struct target *target, struct command *command);
void tsan_read(const struct target *target, const struct run_outcome *outcome,
               struct report *report);

/*
 * Reads one log as `log_path` leaves it (or standard error, where the program's own lines between
 * reports are passed over). Symbols of locks come from `program`, which may be NULL. Adds findings;
 * returns NULL, or a sentence (from malloc) on what makes the text unreadable or incomplete.
 * *ran is set true where the runtime announced itself (TSAN_OPTIONS verbosity=1).
 */
char *tsan_read_text(const char *text, size_t length, const char *own_source, const char *program,
                     struct findings *findings, bool *ran);

#endif
