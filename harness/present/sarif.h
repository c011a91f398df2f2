/*
 * The result of a check as SARIF 2.1.0 (OASIS), made for upload to code scanning as well.
 *
 * One rule a defect, one result a bug, one threadFlow a thread. Where an order between threads is known, the
 * locations of all threads have an executionOrder: of a race, the threads were made before the two accesses,
 * in the order in which the tool saw these; of a lock order and of a deadlock of two threads, each thread has
 * its first lock before either asks for the second (equal numbers: at once).
 */
#ifndef RACELAB_PRESENT_SARIF_H
#define RACELAB_PRESENT_SARIF_H

#include <jansson.h>

#include "judge/bug.h"

struct sarif_options {
    bool baseline; /* there is one: each result says whether it is new */
};

/* The log, which the caller owns: valid UTF-8 whatever programs and tools said. NULL where memory is
 * short. */
json_t *sarif_json(const struct inspection *inspection, const struct bugs *bugs,
                   const struct sarif_options *options);
/* Writes it as json_save() does. */
int sarif_write(const char *path, const struct inspection *inspection, const struct bugs *bugs,
                const struct sarif_options *options);

#endif
