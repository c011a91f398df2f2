/*
 * Allocation that cannot fail for its caller.
 *
 * The harness is a command line tool: out of memory it can do nothing better than say so and stop,
 * so these functions print one line and exit with status 3 instead of returning NULL. All are safe
 * to call from several threads at once. What they return is freed with free().
 */
#ifndef RACELAB_MODEL_MEMORY_H
#define RACELAB_MODEL_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

void *xcalloc(size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/*
 * Makes room for one more element in a growing array and returns the address of the new, zeroed
 * element. *items may move; *count grows by one. An empty array is NULL with count 0.
 * Capacity is the next power of two at or above count, so it need not be stored.
 */
void *xappend(void **items, size_t *count, size_t size);

#endif
