/* corpus/annotation.h and corpus/lesson.h, on the source of one twin. */
#include "corpus/annotation.h"
#include "corpus/lesson.h"
#include "detect/detect.h"

#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_exception(const struct exception *exception)
{
    bool known = false;
    for (const char *const *name = detector_names(); *name; name++)
        known = known || strcmp(*name, exception->detector) == 0;
    assert(known);
    assert(exception->reason && exception->reason[0]);
    assert((exception->version == NULL) == (exception->relation == ANY_VERSION));
    assert(!exception->version || version_valid(exception->version));
}

static void check_promise(const struct promise *promise, size_t lines)
{
    assert((unsigned)promise->defect < DEFECT_COUNT);
    assert(!promise->names || promise->names[0]);
    assert(promise->line_count >= 1);
    int line = 0;
    for (size_t i = 0; i < promise->line_count; i++) {
        assert(promise->lines[i] > line && (size_t)promise->lines[i] <= lines);
        line = promise->lines[i];
        assert(promise_has_line(promise, line));
    }
    for (size_t i = 0; i < promise->exception_count; i++)
        check_exception(&promise->exceptions[i]);
    char *label = promise_label(promise);
    assert(label && label[0]);
    free(label);
}

static void check_annotations(const struct annotations *annotations, size_t lines)
{
    int line = 1;
    size_t anchors = 0;
    for (size_t i = 0; i < annotations->count; i++) {
        assert(annotations->items[i].line >= line);
        line = annotations->items[i].line;
        assert(!strchr(annotations->items[i].text, '\n'));
    }
    assert((size_t)line <= lines || annotations->count == 0);
    for (size_t i = 0; i < annotations->promises.count; i++) {
        check_promise(&annotations->promises.items[i], lines);
        anchors += annotations->promises.items[i].line_count;
    }
    assert(anchors <= annotations->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *source = (const char *)data;
    struct annotations annotations = {0};
    struct lesson lesson = {0};
    struct complaints complaints = {0};
    size_t lines = fuzz_lines(data, size);

    fuzz_memory_begin();
    annotations_read("x.c", source, size, detector_names(), &annotations, &complaints);
    lesson_read("x.c", "unlocked_counter", source, size, LESSON_PAIR, &lesson, &complaints);
    fuzz_memory_end(size);
    check_annotations(&annotations, lines);
    for (size_t i = 0; i < complaints.count; i++) {
        const struct complaint *complaint = &complaints.items[i];
        assert(complaint->line >= 1 && (size_t)complaint->line <= (lines > 0 ? lines : 1));
        assert(complaint->text && complaint->text[0]);
    }
    assert(lesson_limit_ms(&lesson) % 1000 == 0);

    annotations_release(&annotations);
    lesson_release(&lesson);
    complaints_release(&complaints);
    return 0;
}
