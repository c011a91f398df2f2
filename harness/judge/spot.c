#include "judge/spot.h"

#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* One place as one tool told it. */
struct told {
    const char *file;
    int line;
    const char *function;
    char *path;
    const char *base; /* the last part of the path */
    char *text;
    size_t index; /* in the order of the additions */
};

/* Without "." and "..", as far as the text alone tells. */
static char *plain_path(const char *file)
{
    char *path = xcalloc(strlen(file) + 2, 1);
    size_t length = 0;
    if (file[0] == '/')
        path[length++] = '/';
    size_t root = length;
    while (*file) {
        size_t part = strcspn(file, "/");
        bool up = part == 2 && strncmp(file, "..", 2) == 0;
        bool stays = part == 0 || (part == 1 && file[0] == '.');
        if (up) {
            while (length > root && path[--length] != '/')
                ;
        } else if (!stays) {
            if (length > root)
                path[length++] = '/';
            memcpy(path + length, file, part);
            length += part;
        }
        file += part;
        file += file[0] == '/';
    }
    path[length] = '\0';
    return path;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t end_length = strlen(end);
    return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

/* The tool's words without addresses and the numbers of threads and processes. */
static char *lasting_words(const char *message)
{
    static const char *const before[] = {
        "hread ", "hread #", "hread T", "pid=", "pid ", "owner ", "process "};
    char *words = xcalloc(strlen(message) + 1, 1);
    size_t length = 0;
    while (*message) {
        size_t skip = 0;
        if (strncmp(message, "0x", 2) == 0)
            skip = 2 + strspn(message + 2, "0123456789abcdefABCDEF");
        for (size_t i = 0; skip == 0 && i < sizeof(before) / sizeof(*before); i++) {
            if (isdigit((unsigned char)*message) && ends_with(words, length, before[i]))
                skip = strspn(message, "0123456789");
        }
        message += skip;
        if (skip == 0)
            words[length++] = *message++;
    }
    return words;
}

static struct told *add(struct spots *spots)
{
    struct told *told = xappend((void **)&spots->told, &spots->told_count, sizeof(*spots->told));
    told->index = spots->told_count - 1;
    return told;
}

void spots_add(struct spots *spots, const struct finding *finding)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct site *site = &finding->sites[i];
        const struct frame *top = site->stack.count > 0 ? &site->stack.frames[0] : NULL;
        struct told *told = add(spots);
        told->function = site->function;
        if (site->file && site->line > 0) {
            told->file = site->file;
            told->line = site->line;
            told->path = plain_path(site->file);
            told->text = xstrdup("");
        } else {
            /* A program without debug info: its function names are all there is. */
            told->path = xstrdup("");
            told->text = xstrdup(site->function       ? site->function
                                 : top && top->module ? top->module
                                                      : "");
        }
    }
    if (finding->site_count == 0) {
        struct told *told = add(spots);
        told->path = xstrdup("");
        told->text = lasting_words(finding->message ? finding->message : "");
    }
}

static int compare_text(const char *left, const char *right)
{
    return strcmp(left ? left : "", right ? right : "");
}

static int compare_numbers(size_t left, size_t right)
{
    return left < right ? -1 : left > right;
}

/* What may be the same place stands together, and there the longest path first. */
static int by_place(const void *left_told, const void *right_told)
{
    const struct told *left = left_told;
    const struct told *right = right_told;
    int order = strcmp(left->base, right->base);
    if (order == 0)
        order = left->line < right->line ? -1 : left->line > right->line;
    if (order == 0)
        order = compare_numbers(strlen(right->path), strlen(left->path));
    if (order == 0)
        order = strcmp(left->path, right->path);
    if (order == 0)
        order = strcmp(left->text, right->text);
    if (order == 0)
        order = compare_text(left->function, right->function);
    return order;
}

static bool is_path_end(const char *end, const char *path)
{
    size_t length = strlen(path);
    size_t end_length = strlen(end);
    return end_length < length && path[length - end_length - 1] == '/' &&
           strcmp(path + length - end_length, end) == 0;
}

/* The spot that was told, among those from `first` on, which have its line and end like its path. */
static struct spot *find(const struct spots *spots, size_t first, const struct told *told)
{
    struct spot *last = spots->count > first ? &spots->items[spots->count - 1] : NULL;
    if (told->path[0] == '\0')
        return last && last->path[0] == '\0' && strcmp(last->text, told->text) == 0 ? last : NULL;
    struct spot *found = NULL;
    for (size_t i = first; i < spots->count; i++) {
        struct spot *spot = &spots->items[i];
        if (strcmp(spot->path, told->path) == 0)
            return spot;
        if (!is_path_end(told->path, spot->path))
            continue;
        /* "gate.c" may be of two folders: the function tells which. */
        if (!found || (told->function && compare_text(found->function, told->function) != 0 &&
                       compare_text(spot->function, told->function) == 0))
            found = spot;
    }
    return found;
}

static int by_path(const void *left_spot, const void *right_spot)
{
    const struct spot *left = *(const struct spot *const *)left_spot;
    const struct spot *right = *(const struct spot *const *)right_spot;
    int order = strcmp(left->path, right->path);
    if (order == 0)
        order = left->line < right->line ? -1 : left->line > right->line;
    return order ? order : strcmp(left->text, right->text);
}

/* Puts the spots in their lasting order. */
static void renumber(struct spots *spots)
{
    struct spot **sorted = xcalloc(spots->count + 1, sizeof(struct spot *));
    struct spot *items = xcalloc(spots->count + 1, sizeof(*items));
    size_t *number = xcalloc(spots->count + 1, sizeof(*number));
    for (size_t i = 0; i < spots->count; i++)
        sorted[i] = &spots->items[i];
    qsort(sorted, spots->count, sizeof(struct spot *), by_path);
    for (size_t i = 0; i < spots->count; i++) {
        items[i] = *sorted[i];
        number[sorted[i] - spots->items] = i;
    }
    for (size_t i = 0; i < spots->site_count; i++)
        spots->of_sites[i] = number[spots->of_sites[i]];
    free(spots->items);
    free((void *)sorted);
    free(number);
    spots->items = items;
}

void spots_settle(struct spots *spots)
{
    struct told *told = spots->told;
    size_t count = spots->told_count;
    spots->of_sites = xcalloc(count + 1, sizeof(*spots->of_sites));
    spots->site_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *slash = strrchr(told[i].path, '/');
        told[i].base = slash ? slash + 1 : told[i].path;
    }
    if (count > 0)
        qsort(told, count, sizeof(*told), by_place);
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 &&
            (told[i].line != told[i - 1].line || strcmp(told[i].base, told[i - 1].base) != 0))
            first = spots->count;
        struct spot *spot = find(spots, first, &told[i]);
        if (!spot) {
            spot = xappend((void **)&spots->items, &spots->count, sizeof(*spots->items));
            spot->file = told[i].file;
            spot->line = told[i].line;
            spot->path = xstrdup(told[i].path);
            spot->text = xstrdup(told[i].text);
        }
        if (told[i].function && (!spot->function || strcmp(told[i].function, spot->function) < 0))
            spot->function = told[i].function;
        spots->of_sites[told[i].index] = (size_t)(spot - spots->items);
    }
    for (size_t i = 0; i < count; i++) {
        free(told[i].path);
        free(told[i].text);
    }
    free(told);
    spots->told = NULL;
    spots->told_count = 0;
    renumber(spots);
}

void spots_release(struct spots *spots)
{
    for (size_t i = 0; i < spots->count; i++) {
        free(spots->items[i].path);
        free(spots->items[i].text);
    }
    free(spots->items);
    free(spots->of_sites);
    *spots = (struct spots){0};
}
