/* The parts of a report (see valgrind_report.h). What they mean is in valgrind_meaning.c. */
#include "detect/valgrind_report.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

#define THREAD_SLOTS 1024

void valgrind_error_text(struct valgrind_error *error, const char *text, size_t length)
{
    static const char held[] = "Locks held: ";
    bool locks = length >= strlen(held) && memcmp(text, held, strlen(held)) == 0;
    if (locks && error->part_count > 0) {
        struct valgrind_part *part = &error->parts[error->part_count - 1];
        free(part->locks);
        part->locks = xstrndup(text, length);
        return;
    }
    bool no_stack = length > 0 && text[0] == '(';
    if (no_stack)
        return;
    error->full = error->part_count == VALGRIND_PARTS;
    if (error->full)
        return;
    struct valgrind_part *part =
        xappend((void **)&error->parts, &error->part_count, sizeof(*error->parts));
    part->text = xstrndup(text, length);
}

struct frame *valgrind_error_frame(struct valgrind_error *error)
{
    struct valgrind_part *part =
        error->part_count > 0 && !error->full ? &error->parts[error->part_count - 1] : NULL;
    return part && part->stack.count < VALGRIND_FRAMES ? stack_push(&part->stack) : NULL;
}

void valgrind_error_raw(struct valgrind_error *error, const char *line, size_t length)
{
    if (error->raw_length + length + 1 > VALGRIND_RAW_LIMIT)
        return;
    size_t needed = error->raw_length + length + 2;
    if (needed > error->raw_room) {
        error->raw_room = 2 * needed;
        char *grown = xcalloc(1, error->raw_room);
        if (error->raw)
            memcpy(grown, error->raw, error->raw_length);
        free(error->raw);
        error->raw = grown;
    }
    memcpy(error->raw + error->raw_length, line, length);
    error->raw_length += length;
    error->raw[error->raw_length++] = '\n';
    error->raw[error->raw_length] = '\0';
}

void valgrind_error_clear(struct valgrind_error *error)
{
    for (size_t i = 0; i < error->part_count; i++) {
        free(error->parts[i].text);
        free(error->parts[i].locks);
        stack_clear(&error->parts[i].stack);
    }
    free(error->parts);
    free(error->raw);
    *error = (struct valgrind_error){0};
}

static void thread_clear(struct valgrind_thread *thread)
{
    free(thread->name);
    if (thread->made)
        valgrind_error_clear(thread->made);
    free(thread->made);
    *thread = (struct valgrind_thread){0};
}

const struct valgrind_thread *valgrind_threads_find(const struct valgrind_threads *threads,
                                                    unsigned long number)
{
    const struct valgrind_thread *thread =
        threads->slots ? &threads->slots[number % THREAD_SLOTS] : NULL;
    return thread && number > 0 && thread->number == number ? thread : NULL;
}

static struct valgrind_thread *threads_get(struct valgrind_threads *threads, unsigned long number)
{
    if (!threads->slots)
        threads->slots = xcalloc(THREAD_SLOTS, sizeof(*threads->slots));
    struct valgrind_thread *thread = &threads->slots[number % THREAD_SLOTS];
    if (thread->number != number) {
        thread_clear(thread);
        thread->number = number;
    }
    return thread;
}

struct valgrind_error *valgrind_threads_announce(struct valgrind_threads *threads,
                                                 unsigned long number)
{
    struct valgrind_thread *thread = threads_get(threads, number);
    if (!thread->made)
        thread->made = xcalloc(1, sizeof(*thread->made));
    valgrind_error_clear(thread->made);
    return thread->made;
}

void valgrind_threads_name(struct valgrind_threads *threads, unsigned long number, const char *name)
{
    struct valgrind_thread *thread = threads_get(threads, number);
    free(thread->name);
    thread->name = xstrdup(name);
}

void valgrind_threads_clear(struct valgrind_threads *threads)
{
    for (size_t i = 0; threads->slots && i < THREAD_SLOTS; i++)
        thread_clear(&threads->slots[i]);
    free(threads->slots);
    threads->slots = NULL;
}

unsigned long valgrind_thread_in(const char *text, const char **rest)
{
    static const char word[] = "thread ";
    for (const char *at = strcasestr(text, word); at; at = strcasestr(at, word)) {
        at += strlen(word);
        const char *digits = *at == '#' ? at + 1 : at;
        size_t length = strspn(digits, "0123456789");
        if (length == 0 || length > 9)
            continue;
        if (rest)
            *rest = digits + length;
        return strtoul(digits, NULL, 10);
    }
    return 0;
}
