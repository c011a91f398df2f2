#include "corpus/giveaway.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const words[] = {
    "race",  "racy",   "order", "deadlock", "waiting",  "misuse", "lifetime", "executor", "process",
    "alarm", "bug",    "buggy", "fixed",    "hang",     "crash",  "leak",     "serial",   "wrong",
    "safe",  "unsafe", "lost",  "stale",    "unlocked", "torn",   "broken",   "missing",  "correct",
};

/* C11 7.31 and POSIX.1-2017, System Interfaces 2.2.2, reserve what begins so. */
static const char *const reserved[] = {
    "memory_order", "atomic_", "ATOMIC_", "pthread_", "PTHREAD_", "sem_", "SEM_",
};

/* Goes through the parts of a text. */
struct part {
    const char *text;
    size_t length;
    const char *end; /* of the whole text */
};

static bool begins_part(const char *start, const char *at)
{
    return at > start && isupper((unsigned char)*at) && islower((unsigned char)at[-1]);
}

/* False where there is no further part. */
static bool part_next(struct part *part)
{
    const char *at = part->text + part->length;
    while (at < part->end && !isalpha((unsigned char)*at))
        at += *at == '\\' && at + 1 < part->end ? 2 : 1; /* an escape sequence is no letter */
    part->text = at;
    while (at < part->end && isalpha((unsigned char)*at) && !begins_part(part->text, at))
        at++;
    part->length = (size_t)(at - part->text);
    return part->length > 0;
}

static bool part_is(const struct part *part, const struct part *other)
{
    return part->length == other->length && strncasecmp(part->text, other->text, part->length) == 0;
}

bool giveaway_name(const char *text, size_t length, const char *name)
{
    struct part first = {.text = text, .end = text + length};
    while (part_next(&first)) {
        struct part at = first;
        struct part wanted = {.text = name, .end = name + strlen(name)};
        bool more = part_next(&wanted);
        bool alike = more;
        while (more && (alike = part_is(&at, &wanted))) {
            part_next(&at); /* behind the last one it is empty, and like none */
            more = part_next(&wanted);
        }
        if (alike)
            return true;
    }
    return false;
}

static bool is_reserved(const struct token *token)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
        size_t length = strlen(reserved[i]);
        if (token->length >= length && memcmp(token->text, reserved[i], length) == 0)
            return true;
    }
    return false;
}

const char *giveaway_in(const struct corpus *corpus, const struct token *token)
{
    if (token->kind == TOKEN_WORD ? is_reserved(token) : token->kind != TOKEN_QUOTED)
        return NULL;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (giveaway_name(token->text, token->length, words[i]))
            return words[i];
    }
    for (size_t i = 0; i < corpus->count; i++) {
        if (giveaway_name(token->text, token->length, corpus->pairs[i].family))
            return corpus->pairs[i].family;
        if (giveaway_name(token->text, token->length, corpus->pairs[i].name))
            return corpus->pairs[i].name;
    }
    return NULL;
}
