#include "review/progress.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const standing_words[STANDING_COUNT] = {
    [STANDING_NEW] = "new",
    [STANDING_MET] = "met",
    [STANDING_TRIED] = "tried",
    [STANDING_MENDED] = "mended",
};

const char *standing_word(enum standing standing)
{
    return standing_words[standing];
}

/* Records that are summed: some of the history, oldest first. */
struct part {
    const struct record **items;
    size_t count;
};

static void part_add(struct part *part, const struct record *record)
{
    const struct record **slot = xappend((void **)&part->items, &part->count, sizeof(*part->items));
    *slot = record;
}

static bool all_right(const struct marks *marks)
{
    bool patch = marks->patch_asked ? marks->patch_right : 2 * marks->hit >= marks->wanted;
    return marks->verdict_right && marks->class_right && patch;
}

static void walk_pair(struct pair_progress *pair, const struct record *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].pair, pair->pair->id) != 0)
            continue;
        pair->rounds++;
        pair->last = items[i].at;
        if (items[i].marks.guilty)
            pair->standing = all_right(&items[i].marks) ? STANDING_MENDED : STANDING_TRIED;
        else if (pair->standing == STANDING_NEW)
            pair->standing = STANDING_MET;
    }
}

static size_t family_length(const char *id)
{
    return strcspn(id, "/");
}

static bool of_family(const struct record *record, const char *family)
{
    size_t length = family_length(record->pair);
    return strlen(family) == length && strncmp(record->pair, family, length) == 0;
}

static int compare_families(const void *left, const void *right)
{
    const struct family_progress *a = left;
    const struct family_progress *b = right;
    return strcmp(a->family, b->family);
}

static void walk_families(struct progress *progress, const struct record *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t f = 0; f < progress->family_count && !known; f++)
            known = of_family(&items[i], progress->families[f].family);
        if (known)
            continue;
        struct family_progress *family = xappend(
            (void **)&progress->families, &progress->family_count, sizeof(*progress->families));
        family->family = xstrndup(items[i].pair, family_length(items[i].pair));
        struct part part = {0};
        for (size_t k = i; k < count; k++) {
            if (of_family(&items[k], family->family))
                part_add(&part, &items[k]);
        }
        family->sum = round_sum_of(part.items, part.count);
        free(part.items);
    }
    if (progress->family_count > 0)
        qsort(progress->families, progress->family_count, sizeof(*progress->families),
              compare_families);
}

static void date_of(int64_t at, char date[], size_t size)
{
    time_t time = (time_t)at;
    struct tm local;
    if (!localtime_r(&time, &local) || strftime(date, size, "%Y-%m-%d", &local) == 0)
        date[0] = '\0';
}

/* The clock may have been set back: rounds of one date that do not stand together are one day all the same. */
static void walk_days(struct progress *progress, const struct record *items, size_t count)
{
    struct part *parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct day_progress day = {0};
        date_of(items[i].at, day.date, sizeof(day.date));
        size_t d = 0;
        while (d < progress->day_count && strcmp(progress->days[d].date, day.date) != 0)
            d++;
        if (d == progress->day_count) {
            struct day_progress *slot =
                xappend((void **)&progress->days, &progress->day_count, sizeof(*progress->days));
            *slot = day;
            xappend((void **)&parts, &part_count, sizeof(*parts));
        }
        part_add(&parts[d], &items[i]);
    }
    for (size_t d = 0; d < part_count; d++) {
        progress->days[d].sum = round_sum_of(parts[d].items, parts[d].count);
        free(parts[d].items);
    }
    free(parts);
}

/* A pair that is to be tried, and what it is ordered by. */
struct proposal {
    const struct pair *pair;
    bool weak;
    unsigned points; /* of the family, where it is weak */
    enum station station;
    unsigned turn; /* new, tried, met */
    size_t place;  /* in learning order */
};

static int compare(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_proposals(const void *left, const void *right)
{
    const struct proposal *a = left;
    const struct proposal *b = right;
    const int differences[] = {
        compare(b->weak, a->weak), compare(a->points, b->points), compare(a->station, b->station),
        compare(a->turn, b->turn), compare(a->place, b->place),
    };
    for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++) {
        if (differences[i])
            return differences[i];
    }
    return 0;
}

static const struct round_sum *sum_of_family(const struct progress *progress, const char *family)
{
    for (size_t f = 0; f < progress->family_count; f++) {
        if (strcmp(progress->families[f].family, family) == 0)
            return &progress->families[f].sum;
    }
    return NULL;
}

static void find_next(struct progress *progress)
{
    static const unsigned turns[STANDING_COUNT] = {
        [STANDING_NEW] = 0, [STANDING_TRIED] = 1, [STANDING_MET] = 2};
    struct proposal *proposals = xcalloc(progress->pair_count + 1, sizeof(*proposals));
    for (size_t i = 0; i < progress->pair_count; i++) {
        const struct pair_progress *pair = &progress->pairs[i];
        if (pair->standing == STANDING_MENDED)
            continue;
        const struct round_sum *sum = sum_of_family(progress, pair->pair->family);
        bool weak = sum && round_sum_strength(sum, FAMILY_ROUNDS) == STRENGTH_WEAK;
        proposals[progress->next_count++] = (struct proposal){
            .pair = pair->pair,
            .weak = weak,
            .points = weak ? sum->late : 0,
            .station = pair->station,
            .turn = turns[pair->standing],
            .place = i,
        };
    }
    qsort(proposals, progress->next_count, sizeof(*proposals), compare_proposals);
    progress->next = xcalloc(progress->next_count + 1, sizeof(*progress->next));
    for (size_t i = 0; i < progress->next_count; i++)
        progress->next[i] = proposals[i].pair;
    free(proposals);
}

void progress_make(const struct corpus *corpus, const struct record *items, size_t count,
                   struct progress *progress)
{
    *progress = (struct progress){0};
    struct roadmap roadmap;
    roadmap_make(corpus, &roadmap);
    progress->pairs = xcalloc(roadmap.count + 1, sizeof(*progress->pairs));
    progress->pair_count = roadmap.count;
    for (size_t i = 0; i < roadmap.count; i++) {
        progress->pairs[i] = (struct pair_progress){.pair = roadmap.stops[i].pair,
                                                    .station = roadmap.stops[i].station};
        walk_pair(&progress->pairs[i], items, count);
    }
    roadmap_release(&roadmap);
    walk_families(progress, items, count);
    walk_days(progress, items, count);
    struct part all = {0};
    for (size_t i = 0; i < count; i++)
        part_add(&all, &items[i]);
    progress->all = round_sum_of(all.items, all.count);
    free(all.items);
    find_next(progress);
}

void progress_release(struct progress *progress)
{
    for (size_t i = 0; i < progress->family_count; i++)
        free(progress->families[i].family);
    free(progress->families);
    free(progress->pairs);
    free(progress->days);
    free(progress->next);
    *progress = (struct progress){0};
}
