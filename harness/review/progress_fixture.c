#include "review/progress_fixture.h"

#include "model/memory.h"

#include <string.h>

#define SOURCE(text)                                                                               \
    {                                                                                              \
        {                                                                                          \
            .source = (char *)(text), .length = sizeof(text) - 1                                   \
        }                                                                                          \
    }

static struct pair pairs[] = {
    {.id = "deadlock/cycle",
     .family = "deadlock",
     .lesson = {.title = "two locks in both orders", .roadmap = "Lock, deadlocks"},
     .twin = SOURCE("int a;\n")},
    {.id = "executor/pool",
     .family = "executor",
     .lesson = {.title = "a pool that waits for itself", .roadmap = "threads, pool, deadlocks"},
     .twin = SOURCE("int a;\n")},
    {.id = "race/counter",
     .family = "race",
     .lesson = {.title = "a counter without a lock, which is told in so many words that a line "
                         "does not hold them",
                .roadmap = "threads, races"},
     .twin = SOURCE("int a;\n")},
    {.id = "race/torn",
     .family = "race",
     .lesson = {.title = "a struct in halves", .roadmap = "threads, races"},
     .twin = SOURCE("int a;\nint b;\n")},
    {.id = "waiting/wakeup",
     .family = "waiting",
     .lesson = {.title = "a signal too early", .roadmap = "Condition"},
     .twin = SOURCE("int a;\n")},
};

const struct corpus *made_corpus(void)
{
    static const struct corpus corpus = {.pairs = pairs, .count = sizeof(pairs) / sizeof(*pairs)};
    return &corpus;
}

#define FIRST INT64_C(1793534400) /* date -u -d '2026-11-01 12:00:00' +%s */
#define DAY   86400

static struct record *add(struct records *records, const char *pair)
{
    struct record *record =
        xappend((void **)&records->items, &records->count, sizeof(*records->items));
    record->at = FIRST + DAY * ((int64_t)records->count - 1);
    record->pair = xstrdup(pair);
    record->ms = 10000 * records->count;
    return record;
}

void add_innocent(struct records *records, const char *pair, bool accepted)
{
    struct record *record = add(records, pair);
    record->marks = (struct marks){.verdict_right = accepted, .points = accepted ? 100 : 0};
}

void add_guilty(struct records *records, const char *pair, unsigned points)
{
    struct record *record = add(records, pair);
    record->marks = (struct marks){.guilty = true, .wanted = 4, .patch_asked = true};
    if (points == 0)
        return;
    record->marks.verdict_right = true;
    record->marks.marked = 3;
    record->marks.hit = 2;
    record->marks.precision = 2.0 / 3;
    record->marks.recall = 0.5;
    record->marks.class_right = points >= 50;
    record->marks.patch_right = points >= 80;
    record->marks.points = points;
}
