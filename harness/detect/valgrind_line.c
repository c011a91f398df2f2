#include "detect/valgrind_line.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Behind the stamp of --time-stamp=yes, "00:00:00:01.234 "; `at` itself where there is none. */
static const char *skip_stamp(const char *at, const char *end)
{
    const char *stamp = at;
    while (stamp < end && stamp - at < 32 && (is_digit(*stamp) || *stamp == ':' || *stamp == '.'))
        stamp++;
    bool is_stamp = stamp < end && *stamp == ' ' && memchr(at, ':', (size_t)(stamp - at));
    return is_stamp ? stamp + 1 : at;
}

bool valgrind_line_parse(const char *line, size_t length, struct valgrind_line *parsed)
{
    const char *end = line + length;
    for (const char *at = line; end - at >= 5; at++) {
        /* Most lines of a long log are not Valgrind's: every second byte is enough to see that. */
        if (at[1] != '=' && at[1] != '-' && at[1] != '*') {
            at++;
            continue;
        }
        if (at[0] != at[1])
            continue;
        const char *digits = skip_stamp(at + 2, end);
        const char *behind = digits;
        while (behind < end && behind - digits < 10 && is_digit(*behind))
            behind++;
        if (behind == digits || end - behind < 2 || behind[0] != at[0] || behind[1] != at[0])
            continue;
        const char *text = behind + 2;
        if (text < end && *text != ' ')
            continue;
        parsed->mark = at[0];
        parsed->pid = 0;
        for (const char *digit = digits; digit < behind; digit++)
            parsed->pid = parsed->pid * 10 + (unsigned long)(*digit - '0');
        parsed->text = text < end ? text + 1 : end;
        parsed->length = (size_t)(end - parsed->text);
        while (parsed->length > 0 && parsed->text[parsed->length - 1] == ' ')
            parsed->length--;
        return true;
    }
    return false;
}

bool valgrind_line_is_frame(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && text[at] == ' ')
        at++;
    return at >= 2 && length - at >= 5 &&
           (memcmp(text + at, "at 0x", 5) == 0 || memcmp(text + at, "by 0x", 5) == 0);
}

/* Where this stands last before the end of the text; NULL: nowhere. */
static const char *find_last(const char *text, size_t length, const char *what)
{
    size_t size = strlen(what);
    for (size_t at = length; at >= size; at--) {
        if (memcmp(text + at - size, what, size) == 0)
            return text + at - size;
    }
    return NULL;
}

/* "unlocked_counter.c:27"; a file's own name may hold colons. */
static void read_place(const char *place, size_t length, struct frame *frame)
{
    const char *colon = memrchr(place, ':', length);
    size_t digits = colon ? length - (size_t)(colon + 1 - place) : 0;
    bool number = digits > 0 && digits <= 9;
    for (size_t i = 0; i < digits; i++)
        number = number && is_digit(colon[1 + i]);
    frame->file = xstrndup(place, number ? (size_t)(colon - place) : length);
    for (size_t i = 0; number && i < digits; i++)
        frame->line = frame->line * 10 + (colon[1 + i] - '0');
}

void valgrind_line_frame(const char *text, size_t length, struct frame *frame)
{
    const char *end = text + length;
    const char *colon = memchr(text, ':', length);
    if (!colon || end - colon < 2)
        return;
    const char *name = colon + 2; /* behind "   at 0x4011AC: " */
    size_t left = (size_t)(end - name);
    const char *behind = end;
    if (left > 0 && end[-1] == ')') {
        const char *module = find_last(name, left, " (in ");
        const char *place = find_last(name, left, " (");
        if (module) {
            frame->module = xstrndup(module + 5, (size_t)(end - 1 - module - 5));
            behind = module;
        } else if (place) {
            /* "f(int)" of a C++ program without debug info has no blank there, "f (int)" no place. */
            read_place(place + 2, (size_t)(end - 1 - place - 2), frame);
            behind = place;
        }
    }
    if (behind > name && !(behind - name == 3 && memcmp(name, "???", 3) == 0))
        frame->function = xstrndup(name, (size_t)(behind - name));
}
