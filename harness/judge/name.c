#include "judge/name.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* The length without "+40", the offset of a symbol table, or ".0", gcc's number of a static variable. */
static size_t stem_length(const char *name, size_t length)
{
    size_t digits = 0;
    while (digits < length && strchr("0123456789", name[length - digits - 1]))
        digits++;
    if (digits > 0 && digits + 1 < length && strchr("+.", name[length - digits - 1]))
        return length - digits - 1;
    return length;
}

static void add(struct names *names, const char *name, size_t length)
{
    length = stem_length(name, length);
    if (length == 0 || name[0] == '?' || strncmp(name, "0x", 2) == 0)
        return;
    char *text = xstrndup(name, length);
    size_t at = 0;
    while (at < names->count && strcmp(names->items[at], text) < 0)
        at++;
    if (at < names->count && strcmp(names->items[at], text) == 0) {
        free(text);
        return;
    }
    xappend((void **)&names->items, &names->count, sizeof(*names->items));
    memmove(&names->items[at + 1], &names->items[at],
            (names->count - 1 - at) * sizeof(*names->items));
    names->items[at] = text;
}

void names_add(struct names *names, const char *object)
{
    if (object)
        add(names, object, strlen(object));
}

void names_add_list(struct names *names, const char *objects)
{
    for (const char *at = objects; at && *at;) {
        size_t length = strcspn(at, ",");
        add(names, at, length);
        at += length;
        at += strspn(at, ", ");
    }
}

char *names_join(const struct names *names)
{
    char *text = NULL;
    for (size_t i = 0; i < names->count; i++) {
        char *longer = text ? xasprintf("%s, %s", text, names->items[i]) : xstrdup(names->items[i]);
        free(text);
        text = longer;
    }
    return text;
}

int names_compare(const struct names *left, const struct names *right)
{
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (size_t i = 0; i < left->count; i++) {
        int order = strcmp(left->items[i], right->items[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Alike; or one says less of the same: `left` of `left.lock`, `lock` of `main.lock`. */
static bool name_agrees(const char *left, const char *right)
{
    size_t left_length = strlen(left);
    size_t right_length = strlen(right);
    if (left_length > right_length)
        return name_agrees(right, left);
    if (strncmp(left, right, left_length) == 0)
        return right[left_length] == '\0' || strchr(".[", right[left_length]);
    const char *tail = right + (right_length - left_length);
    return strcmp(tail, left) == 0 && tail[-1] == '.';
}

bool names_agree(const struct names *left, const struct names *right)
{
    if (left->count > right->count)
        return names_agree(right, left);
    for (size_t i = 0; i < left->count; i++) {
        size_t at = 0;
        while (at < right->count && !name_agrees(left->items[i], right->items[at]))
            at++;
        if (at == right->count)
            return false;
    }
    return true;
}

void names_copy(const struct names *names, struct names *to)
{
    names_release(to);
    for (size_t i = 0; i < names->count; i++) {
        char **slot = xappend((void **)&to->items, &to->count, sizeof(*to->items));
        *slot = xstrdup(names->items[i]);
    }
}

void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct names){0};
}
