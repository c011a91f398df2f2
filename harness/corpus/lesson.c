#include "corpus/lesson.h"

#include "corpus/comment.h"
#include "model/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum need { NOT_HERE, OPTIONAL, REQUIRED };

struct key {
    const char *word;
    size_t member; /* offset in struct lesson */
    enum need need[LESSON_OF_COUNT];
};

enum { MOST_SECONDS = 60 };

#define PAIR_ALONE                                                                                 \
    {                                                                                              \
        [LESSON_PAIR] = REQUIRED                                                                   \
    }
#define EVERYWHERE(need)                                                                           \
    {                                                                                              \
        need, need, need                                                                           \
    }

static const struct key keys[] = {
    {"Story", offsetof(struct lesson, story), PAIR_ALONE},
    {"Wrong", offsetof(struct lesson, wrong), PAIR_ALONE},
    {"Why", offsetof(struct lesson, why), EVERYWHERE(REQUIRED)},
    {"Fix", offsetof(struct lesson, fix), PAIR_ALONE},
    {"Roadmap", offsetof(struct lesson, roadmap), PAIR_ALONE},
    {"CWE", offsetof(struct lesson, cwe), PAIR_ALONE},
    {"CERT", offsetof(struct lesson, cert), PAIR_ALONE},
    {"Limit", offsetof(struct lesson, limit), EVERYWHERE(OPTIONAL)},
    {"Rate", offsetof(struct lesson, rate), EVERYWHERE(OPTIONAL)},
    {"Size", offsetof(struct lesson, size), {[LESSON_PAIR] = OPTIONAL}},
    {"Patch", offsetof(struct lesson, patch), {[LESSON_WRONG_PATCH] = REQUIRED}},
};
#define KEY_COUNT (sizeof(keys) / sizeof(*keys))

static char **member(struct lesson *lesson, const struct key *key)
{
    return (char **)((char *)lesson + key->member);
}

/* The key that this comment line starts with, and where its text begins; NULL for none. */
static const struct key *key_at(const char *line, size_t length, size_t *text)
{
    size_t start = 0;
    while (start < length && strchr(" \t*", line[start]))
        start++;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        size_t word = strlen(keys[i].word);
        if (length - start > word && memcmp(line + start, keys[i].word, word) == 0 &&
            line[start + word] == ':') {
            *text = start + word + 1;
            return &keys[i];
        }
    }
    return NULL;
}

/* From the first byte of a part to the next key's line: one flattened text. */
static char *flatten_part(const char *text, size_t length)
{
    struct comment part = {.text = text, .length = length, .terminated = true};
    return comment_flatten(&part);
}

unsigned lesson_limit_ms(const struct lesson *lesson)
{
    char *end;
    if (!lesson->limit)
        return 0;
    unsigned long seconds = strtoul(lesson->limit, &end, 10);
    return strcmp(end, " s") == 0 && seconds <= MOST_SECONDS ? (unsigned)seconds * 1000 : 0;
}

void lesson_read(const char *file, const char *name, const char *source, size_t length,
                 enum lesson_of of, struct lesson *lesson, struct complaints *complaints)
{
    struct comment_reader reader;
    struct comment comment;
    *lesson = (struct lesson){0};
    comment_reader_init(&reader, source, length);
    if (!comment_next(&reader, &comment)) {
        complaints_add(complaints, file, 1, "no header comment");
        return;
    }
    const char *end = comment.text + comment.length;
    const char *part = comment.text;
    char **target = &lesson->title;
    for (const char *line = comment.text; line <= end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t line_length = (size_t)((newline ? newline : end) - line);
        size_t text = 0;
        const struct key *key = key_at(line, line_length, &text);
        if (key) {
            free(*target);
            *target = flatten_part(part, (size_t)(line - part));
            target = member(lesson, key);
            part = line + text;
        }
        line += line_length + 1;
    }
    free(*target);
    *target = flatten_part(part, (size_t)(end - part));

    size_t name_length = strlen(name);
    if (!lesson->title || strncmp(lesson->title, name, name_length) != 0 ||
        strncmp(lesson->title + name_length, ": ", 2) != 0)
        complaints_add(complaints, file, comment.line,
                       "the header comment begins with `%s: ` and a title", name);
    else
        memmove(lesson->title, lesson->title + name_length + 2,
                strlen(lesson->title + name_length + 2) + 1);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        char **value = member(lesson, &keys[i]);
        bool given = *value && **value;
        if (!given && keys[i].need[of] == REQUIRED)
            complaints_add(complaints, file, comment.line, "the header comment has no `%s:`",
                           keys[i].word);
        else if (given && keys[i].need[of] == NOT_HERE)
            complaints_add(complaints, file, comment.line,
                           "`%s:` does not belong in this header comment", keys[i].word);
    }
    if (lesson->limit && lesson_limit_ms(lesson) == 0)
        complaints_add(complaints, file, comment.line,
                       "`Limit:` is 1 to %d seconds, as in `Limit: 3 s`", MOST_SECONDS);
}

void lesson_release(struct lesson *lesson)
{
    free(lesson->title);
    for (size_t i = 0; i < KEY_COUNT; i++)
        free(*member(lesson, &keys[i]));
    *lesson = (struct lesson){0};
}
