#include "judge/fingerprint.h"

#include "model/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

hash128 hash128_add(hash128 hash, const void *bytes, size_t length)
{
    const hash128 prime = (hash128)1 << 88 | 0x13b;
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * prime;
    return hash;
}

void hash128_write(hash128 hash, char text[33])
{
    snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, (uint64_t)(hash >> 64), (uint64_t)hash);
}

/* With its NUL, so that "ab", "c" is not "a", "bc". */
static hash128 add_text(hash128 hash, const char *text)
{
    return hash128_add(hash, text, strlen(text) + 1);
}

/* Indentation and alignment come and go. */
static void squeeze_blanks(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (!isspace((unsigned char)*from))
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

struct reader {
    const struct inspection *inspection;
    const struct merge *merge;
    source_line_fn *line;
    void *user;
    char **texts; /* one a spot: the text of its line, read once; NULL: none, or not read */
};

/*
 * What a place looks like. Of an inverted order of locks the function alone: one detector tells all four
 * places of two locks, another three of them, and both the two functions.
 */
static char *look(const struct reader *reader, const struct claim *claim, size_t number)
{
    const struct spot *spot = &reader->merge->spots.items[number];
    const char *path = spot->path[0] ? inspection_path(reader->inspection, spot->path) : spot->text;
    const char *function = spot->function ? spot->function : "";
    if (claim->defect == DEFECT_LOCK_ORDER && spot->function)
        return xasprintf("%s\n%s\n", path, function);
    if (reader->texts[number])
        return xasprintf("%s\n%s\n%s", path, function, reader->texts[number]);
    if (spot->function || spot->line == 0)
        return xasprintf("%s\n%s\n", path, function);
    return xasprintf("%s\n\n%d", path, spot->line);
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void read_line(const struct reader *reader, size_t number)
{
    const struct spot *spot = &reader->merge->spots.items[number];
    if (reader->texts[number] || !reader->line || !spot->file)
        return;
    reader->texts[number] = reader->line(spot->file, spot->line, reader->user);
    if (reader->texts[number])
        squeeze_blanks(reader->texts[number]);
}

static hash128 of_group(const struct reader *reader, const struct group *group)
{
    const struct claim *lead = &reader->merge->claims[group->lead];
    hash128 hash = add_text(HASH128_EMPTY, defect_word(lead->defect));
    bool all_read = true;
    for (size_t i = 0; i < lead->spot_count; i++) {
        read_line(reader, lead->spots[i]);
        all_read = all_read && reader->texts[lead->spots[i]];
    }
    /* Of one misuse one tool names the lock and another does not; the text of the call does. */
    if (lead->defect != DEFECT_MISUSE || !all_read) {
        for (size_t i = 0; i < group->names.count; i++)
            hash = add_text(hash, group->names.items[i]);
    }
    hash = add_text(hash, ""); /* here the places begin */
    char **looks = xcalloc(lead->spot_count + 1, sizeof(char *));
    for (size_t i = 0; i < lead->spot_count; i++)
        looks[i] = look(reader, lead, lead->spots[i]);
    qsort((void *)looks, lead->spot_count, sizeof(char *), by_text);
    for (size_t i = 0; i < lead->spot_count; i++) {
        bool again = i > 0 && strcmp(looks[i - 1], looks[i]) == 0;
        if (!again || lead->defect == DEFECT_RACE)
            hash = add_text(hash, looks[i]);
    }
    for (size_t i = 0; i < lead->spot_count; i++)
        free(looks[i]);
    free((void *)looks);
    return hash;
}

struct numbered {
    hash128 hash;
    const struct merge *merge;
    size_t group;
};

static int by_hash_and_place(const void *left_numbered, const void *right_numbered)
{
    const struct numbered *left = left_numbered;
    const struct numbered *right = right_numbered;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    const struct group *groups = left->merge->groups;
    const struct claim *left_lead = &left->merge->claims[groups[left->group].lead];
    const struct claim *right_lead = &left->merge->claims[groups[right->group].lead];
    for (size_t i = 0; i < left_lead->spot_count && i < right_lead->spot_count; i++) {
        if (left_lead->spots[i] != right_lead->spots[i])
            return left_lead->spots[i] < right_lead->spots[i] ? -1 : 1;
    }
    return left->group < right->group ? -1 : left->group > right->group;
}

hash128 *fingerprints(const struct inspection *inspection, const struct merge *merge,
                      source_line_fn *line, void *user)
{
    struct reader reader = {.inspection = inspection, .merge = merge, .line = line, .user = user};
    reader.texts = xcalloc(merge->spots.count + 1, sizeof(char *));
    hash128 *result = xcalloc(merge->group_count + 1, sizeof(*result));
    struct numbered *sorted = xcalloc(merge->group_count + 1, sizeof(*sorted));
    size_t count = 0;
    for (size_t i = 0; i < merge->group_count; i++) {
        if (merge->groups[i].claim_count > 0)
            sorted[count++] = (struct numbered){of_group(&reader, &merge->groups[i]), merge, i};
    }
    qsort(sorted, count, sizeof(*sorted), by_hash_and_place);
    size_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = i > 0 && sorted[i].hash == sorted[i - 1].hash ? number + 1 : 0;
        char digits[24];
        snprintf(digits, sizeof(digits), "%zu", number);
        result[sorted[i].group] = number == 0 ? sorted[i].hash : add_text(sorted[i].hash, digits);
    }
    for (size_t i = 0; i < merge->spots.count; i++)
        free(reader.texts[i]);
    free((void *)reader.texts);
    free(sorted);
    return result;
}
