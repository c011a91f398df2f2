#include "model/promise.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

char *promise_label(const struct promise *promise)
{
    const char *word = promise->kind == PROMISE_SERIAL ? "serial" : defect_word(promise->defect);
    return promise->names ? xasprintf("%s(%s)", word, promise->names) : xstrdup(word);
}

const struct exception *promise_exception(const struct promise *promise, const char *detector,
                                          const char *version)
{
    for (size_t i = 0; i < promise->exception_count; i++) {
        const struct exception *exception = &promise->exceptions[i];
        if (strcmp(exception->detector, detector) == 0 &&
            version_holds(version, exception->relation, exception->version))
            return exception;
    }
    return NULL;
}

bool promise_has_line(const struct promise *promise, int line)
{
    for (size_t i = 0; i < promise->line_count; i++) {
        if (promise->lines[i] == line)
            return true;
    }
    return false;
}

/* "a.c" and "src/a.c" are the same file as far as both tell. */
static bool may_be_same_file(const char *left, const char *right)
{
    size_t left_length = strlen(left);
    size_t right_length = strlen(right);
    const char *longer = left_length > right_length ? left : right;
    const char *shorter = longer == left ? right : left;
    const char *end = longer + (left_length > right_length ? left_length - right_length
                                                           : right_length - left_length);
    return strcmp(end, shorter) == 0 && (end == longer || end[-1] == '/' || shorter[0] == '/');
}

bool promise_has_place(const struct promise *promise, const char *file, int line)
{
    return promise_has_line(promise, line) &&
           (!promise->file || (file && may_be_same_file(promise->file, file)));
}

void promises_release(struct promises *promises)
{
    for (size_t i = 0; i < promises->count; i++) {
        struct promise *promise = &promises->items[i];
        for (size_t k = 0; k < promise->exception_count; k++) {
            free(promise->exceptions[k].detector);
            free(promise->exceptions[k].version);
            free(promise->exceptions[k].reason);
        }
        free(promise->exceptions);
        free(promise->lines);
        free(promise->names);
        free(promise->file);
    }
    free(promises->items);
    *promises = (struct promises){0};
}
