/*
 * Functions of the C library that access ranges of memory, called from the program's own objects (see flavour_wrap in
 * flavour.h). How far a string reaches is looked up when the thread comes to the call; another
 * thread may change that before its turn.
 */
#include "explore/runtime/hooks_real.h"

#include <string.h>

static inline void reads(const void *at, size_t size, uint64_t pc)
{
    if (size > 0)
        point(at, size, WIRE_READ, pc);
}

static inline void writes(void *at, size_t size, uint64_t pc)
{
    if (size > 0)
        point(at, size, WIRE_WRITE, pc);
}

/* This object is linked into the program: the real functions are ThreadSanitizer's, or the C library's. */
#define WRAP(type, name, parameters)                                                               \
    type __real_##name parameters WEAK;                                                            \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters

/* Without a call, which ThreadSanitizer would take for the program's. */
static size_t length(const char *text, size_t most)
{
    size_t end = 0;
    while (end < most && text[end])
        end++;
    return end;
}

static inline size_t string_size(const char *text)
{
    return length(text, SIZE_MAX) + 1;
}

/* What a comparison reads of both: up to the first difference, or the end. */
static size_t equal_size(const char *a, const char *b, size_t most)
{
    size_t end = 0;
    while (end < most && a[end] == b[end] && a[end])
        end++;
    return end < most ? end + 1 : most;
}

static size_t found_size(const char *text, int character)
{
    size_t end = 0;
    while (text[end] && text[end] != (char)character)
        end++;
    return end + 1;
}

#define COPY(wrapped)                                                                              \
    WRAP(void *, wrapped, (void *to, const void *from, size_t size))                               \
    {                                                                                              \
        reads(from, size, CALLER);                                                                 \
        writes(to, size, CALLER);                                                                  \
        JUMP __real_##wrapped(to, from, size);                                                     \
    }

COPY(memmove)

/*
 * What is no longer than this is most often a structure that is assigned, and a processor copies that word by
 * word: others may come in between.
 */
enum { STRUCTURE = 128, WORD = 8 };

#ifdef RACELAB_TSAN
void __tsan_read_range_pc(void *at, size_t size, void *pc);
void __tsan_write_range_pc(void *at, size_t size, void *pc);

static void copy_piece(char *to, const char *from, size_t size, uint64_t pc)
{
    reads(from, size, pc);
    __tsan_read_range_pc((void *)from, size, (void *)pc);
    writes(to, size, pc);
    __tsan_write_range_pc(to, size, (void *)pc);
    for (size_t i = 0; i < size; i++)
        ((volatile char *)to)[i] = from[i];
}
#else
void *__real_memcpy(void *to, const void *from, size_t size) WEAK;

static void copy_piece(char *to, const char *from, size_t size, uint64_t pc)
{
    reads(from, size, pc);
    writes(to, size, pc);
    __real_memcpy(to, from, size);
}
#endif

WRAP(void *, memcpy, (void *to, const void *from, size_t size))
{
    if (size > STRUCTURE) {
        reads(from, size, CALLER);
        writes(to, size, CALLER);
        JUMP __real_memcpy(to, from, size);
    }
    for (size_t at = 0; at < size; at += WORD)
        copy_piece((char *)to + at, (const char *)from + at, size - at < WORD ? size - at : WORD,
                   CALLER);
    return to;
}

WRAP(void *, memset, (void *to, int byte, size_t size))
{
    writes(to, size, CALLER);
    JUMP __real_memset(to, byte, size);
}

WRAP(int, memcmp, (const void *a, const void *b, size_t size))
{
    reads(a, size, CALLER);
    reads(b, size, CALLER);
    JUMP __real_memcmp(a, b, size);
}

WRAP(void *, memchr, (const void *at, int byte, size_t size))
{
    const unsigned char *bytes = at;
    size_t end = 0;
    while (end < size && bytes[end] != (unsigned char)byte)
        end++;
    reads(at, end < size ? end + 1 : size, CALLER);
    JUMP __real_memchr(at, byte, size);
}

WRAP(size_t, strlen, (const char *text))
{
    reads(text, string_size(text), CALLER);
    JUMP __real_strlen(text);
}

WRAP(size_t, strnlen, (const char *text, size_t most))
{
    size_t size = length(text, most);
    reads(text, size < most ? size + 1 : most, CALLER);
    JUMP __real_strnlen(text, most);
}

WRAP(char *, strcpy, (char *to, const char *from))
{
    size_t size = string_size(from);
    reads(from, size, CALLER);
    writes(to, size, CALLER);
    JUMP __real_strcpy(to, from);
}

WRAP(char *, stpcpy, (char *to, const char *from))
{
    size_t size = string_size(from);
    reads(from, size, CALLER);
    writes(to, size, CALLER);
    JUMP __real_stpcpy(to, from);
}

WRAP(char *, strncpy, (char *to, const char *from, size_t size))
{
    size_t end = length(from, size);
    reads(from, end < size ? end + 1 : size, CALLER);
    writes(to, size, CALLER);
    JUMP __real_strncpy(to, from, size);
}

static void appends(char *to, const char *from, size_t most, uint64_t pc)
{
    size_t begin = length(to, SIZE_MAX);
    size_t size = length(from, most);
    reads(from, size < most ? size + 1 : most, pc);
    reads(to, begin + 1, pc);
    writes(to + begin, size + 1, pc);
}

WRAP(char *, strcat, (char *to, const char *from))
{
    appends(to, from, SIZE_MAX, CALLER);
    JUMP __real_strcat(to, from);
}

WRAP(char *, strncat, (char *to, const char *from, size_t most))
{
    appends(to, from, most, CALLER);
    JUMP __real_strncat(to, from, most);
}

WRAP(int, strcmp, (const char *a, const char *b))
{
    size_t size = equal_size(a, b, SIZE_MAX);
    reads(a, size, CALLER);
    reads(b, size, CALLER);
    JUMP __real_strcmp(a, b);
}

WRAP(int, strncmp, (const char *a, const char *b, size_t most))
{
    size_t size = equal_size(a, b, most);
    reads(a, size, CALLER);
    reads(b, size, CALLER);
    JUMP __real_strncmp(a, b, most);
}

WRAP(char *, strchr, (const char *text, int character))
{
    reads(text, found_size(text, character), CALLER);
    JUMP __real_strchr(text, character);
}

WRAP(char *, strrchr, (const char *text, int character))
{
    reads(text, string_size(text), CALLER);
    JUMP __real_strrchr(text, character);
}

WRAP(char *, strstr, (const char *text, const char *part))
{
    reads(text, string_size(text), CALLER);
    reads(part, string_size(part), CALLER);
    JUMP __real_strstr(text, part);
}

WRAP(char *, strdup, (const char *text))
{
    reads(text, string_size(text), CALLER);
    JUMP __real_strdup(text);
}

/* Newer compilers' names of three of them. */
#ifdef RACELAB_TSAN
#define COMPILED(name, parameters)                                                                 \
    void *__real___tsan_##name parameters WEAK;                                                    \
    void *__wrap___tsan_##name parameters;                                                         \
    void *__wrap___tsan_##name parameters
#define GO_ON(name, ...) JUMP __real___tsan_##name(__VA_ARGS__)
#else
#define COMPILED(name, parameters)                                                                 \
    void *__tsan_##name parameters;                                                                \
    void *__tsan_##name parameters
#define GO_ON(name, ...) JUMP __real_##name(__VA_ARGS__)
#endif

COMPILED(memcpy, (void *to, const void *from, size_t size))
{
    reads(from, size, CALLER);
    writes(to, size, CALLER);
    GO_ON(memcpy, to, from, size);
}

COMPILED(memmove, (void *to, const void *from, size_t size))
{
    reads(from, size, CALLER);
    writes(to, size, CALLER);
    GO_ON(memmove, to, from, size);
}

COMPILED(memset, (void *to, int byte, size_t size))
{
    writes(to, size, CALLER);
    GO_ON(memset, to, byte, size);
}
