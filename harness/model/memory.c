#include "model/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *memory)
{
    if (!memory) {
        fputs("racelab: out of memory\n", stderr);
        exit(3);
    }
    return memory;
}

void *xcalloc(size_t count, size_t size)
{
    return need(calloc(count, size));
}

char *xstrdup(const char *text)
{
    return need(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
    return need(strndup(text, length));
}

char *xvasprintf(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    return need(text);
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    return text;
}

void *xappend(void **items, size_t *count, size_t size)
{
    /* count is at a power of two exactly when the array is full. */
    if ((*count & (*count - 1)) == 0)
        *items = need(reallocarray(*items, *count ? *count * 2 : 1, size));
    char *added = (char *)*items + *count * size;
    memset(added, 0, size);
    ++*count;
    return added;
}
