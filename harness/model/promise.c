#include "model/promise.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

char *promise_label(const struct promise *promise)
{
    return promise->names ? xasprintf("%s(%s)", defect_word(promise->defect), promise->names)
                          : xstrdup(defect_word(promise->defect));
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
    }
    free(promises->items);
    *promises = (struct promises){0};
}
