/*
 * Finds a report again that was already read.
 *
 * Two reports count as the same where their text is the same, these aside: process ids, addresses, and
 * which numbers threads, mutexes and goroutines have (the first one named in a report stands for the
 * first one in the other, and so on). Lines of a stack have neither and are compared as they are:
 * the offsets in them are of an executable's file, and the same in every run.
 *
 * Texts are compared by 128 bits of hash: among a million different reports, the chance that two are
 * taken for one is below 10^-26.
 *
 * For one thread at a time.
 */
#ifndef RACELAB_DETECT_REPORT_INDEX_H
#define RACELAB_DETECT_REPORT_INDEX_H

#include <stddef.h>

#define REPORT_IS_NEW ((size_t)-1)

struct report_index;

struct report_index *report_index_new(void);
void report_index_free(struct report_index *index);
/* Returns what was remembered for the same report, or REPORT_IS_NEW. */
size_t report_index_find(struct report_index *index, const char *text, size_t length);
/* Remembers `value` for the report that report_index_find() was asked for last and that was new. */
void report_index_remember(struct report_index *index, size_t value);

#endif
