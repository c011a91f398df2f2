#include "detect/tsan_locks.h"

#include "detect/elf.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LISTED 64 /* locks of one list; the runtime itself lists no more */

/* Finds the next "M12" that is a word of its own and moves *rest behind it. */
static bool next_lock(struct span *rest, bool *first, unsigned long *number)
{
    for (; rest->length > 0; *first = false, *rest = span_from(*rest, rest->text + 1)) {
        bool begins = *first || !isalnum((unsigned char)rest->text[-1]);
        if (rest->text[0] != 'M' || !begins)
            continue;
        size_t end = 1;
        *number = 0;
        while (end < rest->length && isdigit((unsigned char)rest->text[end]) && end < 18)
            *number = *number * 10 + (unsigned long)(rest->text[end++] - '0');
        if (end == 1 || (end < rest->length && isalnum((unsigned char)rest->text[end])))
            continue;
        *rest = span_from(*rest, rest->text + end);
        *first = false;
        return true;
    }
    return false;
}

/* Up to LISTED numbers; returns how many, or LISTED + 1 where there are more. */
static size_t read_list(struct span text, unsigned long numbers[LISTED])
{
    size_t count = 0;
    bool first = true;
    unsigned long number = 0;
    while (next_lock(&text, &first, &number)) {
        if (count == LISTED)
            return LISTED + 1;
        numbers[count++] = number;
    }
    return count;
}

static const struct tsan_lock *find(const struct tsan_locks *locks, unsigned long number)
{
    for (size_t i = 0; i < locks->count; i++) {
        if (locks->named[i].number == number)
            return &locks->named[i];
    }
    return NULL;
}

void tsan_locks_learn(struct tsan_locks *locks, struct span line, const char *program)
{
    bool first = true;
    unsigned long number = 0;
    while (locks->count < TSAN_LOCKS_NAMED && next_lock(&line, &first, &number)) {
        if (!span_starts(line, " (0x") || find(locks, number))
            continue;
        /* The digits end before the line does, or at its newline. */
        uint64_t address = strtoull(line.text + 2, NULL, 16);
        struct tsan_lock *lock = &locks->named[locks->count++];
        lock->number = number;
        lock->symbol = program ? elf_symbol_at(program, address) : NULL;
    }
}

void tsan_locks_release(struct tsan_locks *locks)
{
    for (size_t i = 0; i < locks->count; i++)
        free(locks->named[i].symbol);
    locks->count = 0;
}

/* "LONGER, NAME", or "NAME" where there is none before it; frees both. */
static char *join(char *longer, char *name)
{
    if (!longer)
        return name;
    char *joined = xasprintf("%s, %s", longer, name);
    free(longer);
    free(name);
    return joined;
}

char *tsan_locks_symbols(const struct tsan_locks *locks)
{
    char *symbols = NULL;
    for (size_t i = 0; i < locks->count; i++) {
        if (!locks->named[i].symbol) {
            free(symbols);
            return NULL;
        }
        symbols = join(symbols, xstrdup(locks->named[i].symbol));
    }
    return symbols;
}

static char *name_of(const struct tsan_locks *locks, unsigned long number)
{
    const struct tsan_lock *lock = find(locks, number);
    return lock && lock->symbol ? xasprintf("`%s`", lock->symbol) : xasprintf("M%lu", number);
}

char *tsan_locks_list(const struct tsan_locks *locks, struct span text)
{
    unsigned long numbers[LISTED];
    size_t count = read_list(text, numbers);
    char *list = NULL;
    for (size_t i = 0; count <= LISTED && i < count; i++)
        list = join(list, name_of(locks, numbers[i]));
    return list;
}

char *tsan_locks_first(const struct tsan_locks *locks, struct span text)
{
    bool first = true;
    unsigned long number = 0;
    return next_lock(&text, &first, &number) ? name_of(locks, number) : NULL;
}

int tsan_locks_count(struct span text)
{
    unsigned long numbers[LISTED];
    size_t count = read_list(text, numbers);
    return count <= LISTED ? (int)count : -1;
}

bool tsan_locks_shared(struct span left, struct span right)
{
    unsigned long lefts[LISTED];
    unsigned long rights[LISTED];
    size_t left_count = read_list(left, lefts);
    size_t right_count = read_list(right, rights);
    if (left_count > LISTED || right_count > LISTED)
        return true; /* unknown: nothing is claimed */
    for (size_t i = 0; i < left_count; i++) {
        for (size_t j = 0; j < right_count; j++) {
            if (lefts[i] == rights[j])
                return true;
        }
    }
    return false;
}
