#include "review/station.h"

#include "corpus/token.h"
#include "detect/detect.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* What the keys of a header name: the means in the order in which they are learnt. */
struct key {
    const char *word;
    enum station station;
};

static const struct key means[] = {
    {"threads", STATION_THREADS},
    {"GIL", STATION_THREADS},
    {"is_alive", STATION_THREADS},
    {"daemon", STATION_THREADS},
    {"chunks", STATION_THREADS},
    {"Lock", STATION_LOCKS},
    {"RLock", STATION_LOCKS},
    {"Semaphore", STATION_LOCKS},
    {"Event", STATION_LOCKS},
    {"Condition", STATION_LOCKS},
    {"Queue", STATION_QUEUES},
    {"pool", STATION_POOLS},
    {"futures", STATION_POOLS},
    {"processes", STATION_PROCESSES},
    {"Pipe", STATION_PROCESSES},
    {"process Queue", STATION_PROCESSES},
    {"shared memory", STATION_PROCESSES},
};
#define MEANS_COUNT (sizeof(means) / sizeof(*means))

static const struct {
    const char *word;
    const char *title;
} names[STATION_COUNT] = {
    [STATION_THREADS] = {"threads", "threads"},
    [STATION_LOCKS] = {"locks", "locks and the other primitives"},
    [STATION_QUEUES] = {"queues", "queues"},
    [STATION_POOLS] = {"pools", "pools and futures"},
    [STATION_PROCESSES] = {"processes", "processes"},
    [STATION_BUGS] = {"bugs", "bugs and their mending"},
    [STATION_SERVER] = {"server", "the server project"},
};

const char *station_word(enum station station)
{
    return names[station].word;
}

const char *station_title(enum station station)
{
    return names[station].title;
}

bool station_from_text(const char *text, enum station *station)
{
    for (enum station s = STATION_THREADS; s < STATION_COUNT; s++) {
        char number[] = {(char)('1' + s), '\0'};
        if (strcmp(text, names[s].word) == 0 || strcmp(text, number) == 0) {
            *station = s;
            return true;
        }
    }
    return false;
}

/* "threads, process Queue" has `process Queue`, and no `Queue`. */
static bool has_key(const struct pair *pair, const char *word)
{
    const char *at = pair->lesson.roadmap ? pair->lesson.roadmap : "";
    size_t length = strlen(word);
    while (*at) {
        at += strspn(at, ", ");
        size_t entry = strcspn(at, ",");
        if (entry == length && strncmp(at, word, length) == 0)
            return true;
        at += entry;
    }
    return false;
}

/* Which of the means is learnt last, from 1; 0: none is named. */
static size_t last_means(const struct pair *pair)
{
    for (size_t i = MEANS_COUNT; i > 0; i--) {
        if (has_key(pair, means[i - 1].word))
            return i;
    }
    return 0;
}

/* Kinds of bugs in the order in which they are met. */
enum kind { KIND_RACE, KIND_DEADLOCK, KIND_MEMORY_ORDER, KIND_FALSE_ALARM };

static enum kind kind_of(const struct pair *pair)
{
    if (strcmp(pair->family, "false_alarm") == 0)
        return KIND_FALSE_ALARM;
    if (strcmp(pair->family, "memory_order") == 0)
        return KIND_MEMORY_ORDER;
    return has_key(pair, "deadlocks") ? KIND_DEADLOCK : KIND_RACE;
}

enum station station_of(const struct pair *pair)
{
    if (has_key(pair, "server"))
        return STATION_SERVER;
    enum kind kind = kind_of(pair);
    if (kind == KIND_MEMORY_ORDER)
        return STATION_BUGS;
    size_t last = last_means(pair);
    enum station station = last ? means[last - 1].station : STATION_THREADS;
    if (station > STATION_LOCKS)
        return station;
    bool bugs = (kind == KIND_DEADLOCK && !has_key(pair, "RLock")) || kind == KIND_FALSE_ALARM ||
                strcmp(pair->family, "atomicity") == 0;
    return bugs ? STATION_BUGS : station;
}

/* What stops are ordered by. */
struct rank {
    struct stop stop;
    bool large;
    enum kind kind; /* at the station of bugs alone, else 0 */
    size_t last_means;
    size_t tellers;
    size_t lines;
};

/* How many detectors are promised to tell of the buggy twin, be it by chance. */
static size_t count_tellers(const struct pair *pair)
{
    const struct promises *promises = &pair->twin[BUGGY].annotations.promises;
    size_t count = 0;
    for (size_t d = 0; d < detector_count; d++) {
        bool tells = false;
        for (size_t i = 0; i < promises->count; i++) {
            const struct promise *promise = &promises->items[i];
            const struct exception *exception = promise_exception(promise, detectors[d].name, NULL);
            tells = tells || (promise->kind == PROMISE_BUG &&
                              detector_sees(&detectors[d], promise->defect) &&
                              !(exception && exception->kind == EXCEPTION_BLIND));
        }
        count += tells;
    }
    return count;
}

static size_t code_lines(const struct pair *pair)
{
    struct tokens tokens = {0};
    size_t lines = 0;
    int last = 0;
    tokens_read(pair->twin[BUGGY].source, pair->twin[BUGGY].length, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        if (tokens.items[i].kind == TOKEN_COMMENT || tokens.items[i].line == last)
            continue;
        last = tokens.items[i].line;
        lines++;
    }
    tokens_release(&tokens);
    return lines;
}

static int compare(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_ranks(const void *left, const void *right)
{
    const struct rank *a = left;
    const struct rank *b = right;
    const int differences[] = {
        compare(a->stop.station, b->stop.station),
        compare(a->large, b->large),
        compare(a->kind, b->kind),
        compare(a->last_means, b->last_means),
        compare(b->tellers, a->tellers),
        compare(a->lines, b->lines),
        strverscmp(a->stop.pair->id, b->stop.pair->id),
    };
    for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++) {
        if (differences[i])
            return differences[i];
    }
    return 0;
}

void roadmap_make(const struct corpus *corpus, struct roadmap *roadmap)
{
    *roadmap = (struct roadmap){0};
    struct rank *ranks = xcalloc(corpus->count + 1, sizeof(*ranks));
    for (size_t i = 0; i < corpus->count; i++) {
        const struct pair *pair = &corpus->pairs[i];
        enum station station = station_of(pair);
        ranks[i] = (struct rank){
            .stop = {pair, station},
            .large = pair->lesson.size && strcmp(pair->lesson.size, "large") == 0,
            .kind = station == STATION_BUGS ? kind_of(pair) : KIND_RACE,
            .last_means = last_means(pair),
            .tellers = count_tellers(pair),
            .lines = code_lines(pair),
        };
    }
    qsort(ranks, corpus->count, sizeof(*ranks), compare_ranks);
    roadmap->stops = xcalloc(corpus->count + 1, sizeof(*roadmap->stops));
    roadmap->count = corpus->count;
    for (size_t i = 0; i < corpus->count; i++)
        roadmap->stops[i] = ranks[i].stop;
    free(ranks);
}

void roadmap_release(struct roadmap *roadmap)
{
    free(roadmap->stops);
    *roadmap = (struct roadmap){0};
}
