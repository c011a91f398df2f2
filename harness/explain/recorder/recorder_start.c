/*
 * Takes the recorder out of LD_PRELOAD again: a program that this one starts may be of another C
 * library, whose linker would refuse it, or link a sanitizer that wants to be first.
 *
 * No function of the C library is called, see recorder.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

static bool begins_with(const char *text, const char *word)
{
    while (*word && *text == *word) {
        text++;
        word++;
    }
    return *word == '\0';
}

/* The end of the first item of a list like "a.so:b.so" where that item is this library; else NULL. */
static char *end_of_own(char *list)
{
    static const char name[] = "racelab-recorder.so";
    char *last = list;
    char *at = list;
    for (; *at && *at != ':' && *at != ' '; at++)
        if (*at == '/')
            last = at + 1;
    return begins_with(last, name) && last + sizeof name - 1 == at ? at : NULL;
}

static __attribute__((constructor)) void leave_environment(void)
{
    static const char variable[] = "LD_PRELOAD=";
    char **entry = environ;
    while (entry && *entry && !begins_with(*entry, variable))
        entry++;
    if (!entry || !*entry)
        return;
    char *list = *entry + sizeof variable - 1;
    const char *rest = end_of_own(list);
    if (!rest)
        return;
    if (*rest == '\0') {
        for (; *entry; entry++)
            *entry = entry[1];
        return;
    }
    for (rest++; *rest; rest++)
        *list++ = *rest;
    *list = '\0';
}
