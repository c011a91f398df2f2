#include "model/version.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* The longer before the shorter that it begins with. */
static const struct {
    const char *word;
    enum relation relation;
} relations[] = {
    {"<=", UP_TO}, {"<", BELOW}, {">=", FROM}, {">", ABOVE}, {"=", EXACTLY}, {"", ANY_VERSION},
};

const char *relation_word(enum relation relation)
{
    size_t at = 0;
    while (relations[at].relation != relation)
        at++;
    return relations[at].word;
}

enum relation relation_read(const char *text, size_t *length)
{
    size_t at = 0;
    while (strncmp(text, relations[at].word, strlen(relations[at].word)) != 0)
        at++;
    *length = strlen(relations[at].word);
    return relations[at].relation;
}

bool version_valid(const char *text)
{
    for (;;) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 9)
            return false;
        text += digits;
        if (*text != '.')
            return *text == '\0';
        text++;
    }
}

/* The next number, and the text behind it and its dot. */
static unsigned long number(const char **text)
{
    char *end = NULL;
    unsigned long value = strtoul(*text, &end, 10);
    *text = *end == '.' ? end + 1 : end;
    return value;
}

static int compare(const char *version, const char *bound)
{
    while (*bound) {
        unsigned long own = number(&version);
        unsigned long other = number(&bound);
        if (own != other)
            return own < other ? -1 : 1;
    }
    return 0;
}

bool version_holds(const char *version, enum relation relation, const char *bound)
{
    if (relation == ANY_VERSION)
        return true;
    if (!version)
        return false;
    int order = compare(version, bound);
    switch (relation) {
    case BELOW:
        return order < 0;
    case UP_TO:
        return order <= 0;
    case EXACTLY:
        return order == 0;
    case FROM:
        return order >= 0;
    default:
        return order > 0;
    }
}

char *version_behind(const char *text, size_t length, const char *word)
{
    const char *at = memmem(text, length, word, strlen(word));
    if (!at)
        return NULL;
    at += strlen(word);
    size_t room = length - (size_t)(at - text);
    size_t taken = 0;
    while (taken < room && at[taken] != '\0' && strchr("0123456789.", at[taken]))
        taken++;
    while (taken > 0 && at[taken - 1] == '.')
        taken--;
    return taken > 0 ? xstrndup(at, taken) : NULL;
}
