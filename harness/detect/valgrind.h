/* Helgrind and DRD of Valgrind (protocol 4: 3.19 and later): their options, and the readers. */
#ifndef RACELAB_DETECT_VALGRIND_H
#define RACELAB_DETECT_VALGRIND_H

#include "detect/detect.h"

void helgrind_command(const struct target *target, struct command *command);
void drd_command(const struct target *target, struct command *command);
void valgrind_read(const struct target *target, const struct run_outcome *outcome,
                   struct report *report);

/* What one XML report proves besides its errors. */
struct valgrind_proof {
    bool finished;  /* the tool reached its end and said so */
    bool has_lines; /* the witness's message came with file and line: debug info was read */
    char *version;  /* of Valgrind, owned by the caller; NULL: not told */
};

/*
 * Reads one --xml-file report of either tool. `cut_short` says that the run was ended from outside,
 * so that a report which just stops is no fault. Symbols of locks come from `program` (may be
 * NULL). Adds findings; returns NULL or a sentence (from malloc) on what makes it unreadable.
 */
char *valgrind_read_xml(const char *text, size_t length, bool cut_short, const char *own_source,
                        const char *program, struct findings *findings,
                        struct valgrind_proof *proof);

#endif
