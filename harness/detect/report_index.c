#include "detect/report_index.h"

#include "detect/text_lines.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RENUMBERED                                                                                 \
    64 /* of each kind in one report; further ones are compared by their own number */

struct hash {
    uint64_t low, high;
};

struct slot {
    struct hash hash;
    size_t value;
    bool used;
};

/* The numbers of one kind of thing in a report, in the order of their first appearance. */
struct numbers {
    unsigned long seen[RENUMBERED];
    size_t count;
};

struct report_index {
    struct slot *slots; /* open addressing; at most half are used */
    size_t room;        /* a power of two */
    size_t used;
    struct hash last; /* asked for last */
    char *plain;      /* the normalised text of that report */
    size_t plain_room;
    struct numbers threads, locks;
};

struct report_index *report_index_new(void)
{
    struct report_index *index = xcalloc(1, sizeof(*index));
    index->room = 64;
    index->slots = xcalloc(index->room, sizeof(*index->slots));
    return index;
}

void report_index_free(struct report_index *index)
{
    if (!index)
        return;
    free(index->slots);
    free(index->plain);
    free(index);
}

static unsigned long renumber(struct numbers *numbers, unsigned long number)
{
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->seen[i] == number)
            return i;
    }
    if (numbers->count == RENUMBERED)
        return number;
    numbers->seen[numbers->count] = number;
    return numbers->count++;
}

static bool follows(struct span line, size_t at, const char *before)
{
    size_t length = strlen(before);
    return at >= length && memcmp(line.text + at - length, before, length) == 0;
}

static size_t write_number(char *out, unsigned long number)
{
    char digits[24];
    size_t length = 0;
    do
        digits[length++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    for (size_t i = 0; i < length; i++)
        out[i] = digits[length - 1 - i];
    return length;
}

/*
 * One line that is not of a stack. What begins at `at` with a digit is an address ("0x7b04..."), a
 * process ("pid=12", "tid=13"), a thread ("thread T2", "goroutine 7"), a lock ("mutex M1", "write M1")
 * or stays as it is.
 */
static size_t plain_line(struct report_index *index, struct span line, char *out)
{
    size_t length = 0;
    for (size_t at = 0; at < line.length;) {
        char byte = line.text[at];
        if (byte < '0' || byte > '9') {
            out[length++] = byte;
            at++;
            continue;
        }
        size_t end = at;
        unsigned long number = 0;
        while (end < line.length && isdigit((unsigned char)line.text[end]) && end - at < 18)
            number = number * 10 + (unsigned long)(line.text[end++] - '0');
        struct numbers *numbers = NULL;
        if (end == at + 1 && byte == '0' && end < line.length && line.text[end] == 'x') {
            out[length++] = 'x';
            for (at = end + 1; at < line.length && isxdigit((unsigned char)line.text[at]);)
                at++;
            continue;
        }
        if (follows(line, at, "pid=") || follows(line, at, "tid=")) {
            at = end;
            continue;
        }
        if (follows(line, at, "hread T") || follows(line, at, "oroutine "))
            numbers = &index->threads;
        else if (follows(line, at, " M"))
            numbers = &index->locks;
        if (numbers) {
            length += write_number(out + length, renumber(numbers, number));
        } else {
            memcpy(out + length, line.text + at, end - at);
            length += end - at;
        }
        at = end;
    }
    return length;
}

static size_t plain_text(struct report_index *index, struct span rest)
{
    size_t length = 0;
    index->threads.count = 0;
    index->locks.count = 0;
    /* A number may become longer by a digit, and the hash reads words of 16 bytes. */
    if (index->plain_room < rest.length * 2 + 16) {
        free(index->plain);
        index->plain_room = rest.length * 2 + 16;
        index->plain = xcalloc(index->plain_room, 1);
    }
    while (rest.length > 0) {
        struct span line = span_line(&rest);
        if (span_starts(line, "    ")) {
            memcpy(index->plain + length, line.text, line.length);
            length += line.length;
        } else {
            length += plain_line(index, line, index->plain + length);
        }
        if (line.text + line.length != rest.text)
            index->plain[length++] = '\n';
    }
    return length;
}

static uint64_t fold(uint64_t left, uint64_t right)
{
    unsigned __int128 product = (unsigned __int128)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two lanes of multiply and fold over words of 16 bytes; the text has 16 bytes of room behind it. */
static struct hash hash_of(char *text, size_t length)
{
    static const uint64_t keys[4] = {0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu, 0xd6e8feb86659fd93u,
                                     0xa0761d6478bd642fu};
    struct hash hash = {length, ~(uint64_t)length};
    memset(text + length, 0, 16);
    for (size_t at = 0; at < length; at += 16) {
        uint64_t words[2];
        memcpy(words, text + at, 16);
        uint64_t low = fold(hash.low ^ words[0] ^ keys[0], words[1] ^ keys[1]);
        hash.high = fold(hash.high ^ words[1] ^ keys[2], words[0] ^ keys[3]) + low;
        hash.low = low + hash.high;
    }
    return (struct hash){fold(hash.low ^ keys[1], keys[2]), fold(hash.high ^ keys[3], keys[0])};
}

static struct slot *slot_of(const struct report_index *index, struct hash hash)
{
    size_t at = hash.low & (index->room - 1);
    while (index->slots[at].used &&
           (index->slots[at].hash.low != hash.low || index->slots[at].hash.high != hash.high))
        at = (at + 1) & (index->room - 1);
    return &index->slots[at];
}

size_t report_index_find(struct report_index *index, const char *text, size_t length)
{
    size_t plain = plain_text(index, (struct span){text, length});
    index->last = hash_of(index->plain, plain);
    const struct slot *slot = slot_of(index, index->last);
    return slot->used ? slot->value : REPORT_IS_NEW;
}

static void grow(struct report_index *index)
{
    struct slot *old = index->slots;
    size_t room = index->room;
    index->room *= 2;
    index->slots = xcalloc(index->room, sizeof(*index->slots));
    for (size_t i = 0; i < room; i++) {
        if (old[i].used)
            *slot_of(index, old[i].hash) = old[i];
    }
    free(old);
}

void report_index_remember(struct report_index *index, size_t value)
{
    if ((index->used + 1) * 2 > index->room)
        grow(index);
    index->used++;
    *slot_of(index, index->last) = (struct slot){index->last, value, true};
}
