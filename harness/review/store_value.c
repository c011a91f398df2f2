#include "review/store_part.h"

#include "model/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool wrong(char **why, char *text)
{
    if (*why)
        free(text);
    else
        *why = text;
    return false;
}

bool member_int(const json_t *object, const char *key, int64_t least, int64_t most, int64_t *value,
                char **why)
{
    const json_t *member = json_object_get(object, key);
    json_int_t number = json_integer_value(member);
    if (!json_is_integer(member) || number < least || number > most)
        return wrong(why, xasprintf("`%s` is no whole number from %" PRId64 " to %" PRId64, key,
                                    least, most));
    *value = number;
    return true;
}

bool member_bool(const json_t *object, const char *key, bool *value, char **why)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_boolean(member))
        return wrong(why, xasprintf("`%s` is neither true nor false", key));
    *value = json_is_true(member);
    return true;
}

bool member_text(const json_t *object, const char *key, bool may_be_null, const char **value,
                 char **why)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_string(member) && !(may_be_null && json_is_null(member)))
        return wrong(why, xasprintf("`%s` is no text", key));
    *value = json_string_value(member);
    return true;
}

bool member_seed(const json_t *object, const char *key, uint64_t *value, char **why)
{
    const char *text = json_string_value(json_object_get(object, key));
    size_t length = text ? strlen(text) : 0;
    errno = 0;
    unsigned long long number = text ? strtoull(text, NULL, 10) : 0;
    if (length == 0 || strspn(text, "0123456789") != length || errno)
        return wrong(why, xasprintf("`%s` is no text of digits, below 2^64", key));
    *value = number;
    return true;
}

bool member_word(const json_t *object, const char *key, const char *const *words, size_t count,
                 size_t *value, char **why)
{
    const char *text = json_string_value(json_object_get(object, key));
    for (size_t i = 0; text && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *value = i;
            return true;
        }
    }
    return wrong(why, xasprintf("`%s` is not a word that it can be", key));
}

bool member_version(const json_t *object, char **why)
{
    const json_t *member = json_object_get(object, "version");
    json_int_t version = json_integer_value(member);
    if (json_is_integer(member) && version != STORE_VERSION)
        return wrong(why, xasprintf("it is of version %" JSON_INTEGER_FORMAT
                                    ", and this racelab knows version %d",
                                    version, STORE_VERSION));
    int64_t known = 0;
    return member_int(object, "version", STORE_VERSION, STORE_VERSION, &known, why);
}

json_t *seed_json(uint64_t seed)
{
    char *text = xasprintf("%" PRIu64, seed);
    json_t *json = json_string(text);
    free(text);
    return json;
}
