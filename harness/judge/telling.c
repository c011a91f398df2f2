#include "judge/telling.h"

#include "judge/sentence.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(size_t left, size_t right)
{
    return left < right ? -1 : left > right;
}

static int by_speaker(const void *left_mention, const void *right_mention)
{
    const struct mention *left = left_mention;
    const struct mention *right = right_mention;
    int order = compare_numbers(left->detector, right->detector);
    if (order == 0)
        order = compare_numbers(left->run, right->run);
    /* Both in the findings of one report. */
    return order ? order : compare_numbers((size_t)left->finding, (size_t)right->finding);
}

void group_mentions(const struct merge *merge, const struct group *group, struct mention **mentions,
                    size_t *count)
{
    size_t all = 0;
    for (size_t i = 0; i < group->claim_count; i++)
        all += merge->claims[group->claims[i]].mention_count;
    *mentions = xcalloc(all + 1, sizeof(**mentions));
    *count = 0;
    for (size_t i = 0; i < group->claim_count; i++) {
        const struct claim *claim = &merge->claims[group->claims[i]];
        memcpy(*mentions + *count, claim->mentions,
               claim->mention_count * sizeof(*claim->mentions));
        *count += claim->mention_count;
    }
    qsort(*mentions, *count, sizeof(**mentions), by_speaker);
}

size_t group_detectors(const struct merge *merge, const struct group *group)
{
    struct mention *mentions = NULL;
    size_t count = 0;
    size_t detectors = 0;
    group_mentions(merge, group, &mentions, &count);
    for (size_t i = 0; i < count; i++)
        detectors += i == 0 || mentions[i].detector != mentions[i - 1].detector;
    free(mentions);
    return detectors;
}

/* How much a finding tells, the weightier first. */
enum {
    LINES,
    HEADLINE,
    FUNCTIONS,
    STACKS,
    LOCK_NAMES,
    LOCKS,
    THREADS,
    ACTS,
    OBJECT,
    BACKGROUNDS,
    WORDS,
    PARTS
};

static void weigh(const struct finding *finding, size_t parts[PARTS])
{
    memset(parts, 0, PARTS * sizeof(*parts));
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct site *site = &finding->sites[i];
        parts[LINES] += site->file && site->line > 0;
        parts[FUNCTIONS] += site->function != NULL;
        parts[STACKS] += site->stack.count > 0;
        parts[LOCK_NAMES] += site_names_locks(site);
        parts[LOCKS] += site->locks_held >= 0;
        /* A name that the program gave says more than a tool's number. */
        if (site->thread)
            parts[THREADS] +=
                strchr(site->thread, '\'') || strcmp(site->thread, "main") == 0 ? 2 : 1;
        parts[ACTS] += site->act != NULL;
    }
    /* Helgrind tells a misuse, then that the call failed for it, or that glibc let it pass. */
    parts[HEADLINE] = finding->message && !strstr(finding->message, " failed") &&
                      !strstr(finding->message, "Bug in libpthread");
    parts[OBJECT] = finding->object != NULL;
    parts[BACKGROUNDS] = finding->background_count;
    /* The recorder's explanation of a hang has a history that one from outside has not. */
    parts[WORDS] =
        finding->defect == DEFECT_HANG && finding->message ? strlen(finding->message) : 0;
}

static int compare_text(const char *left, const char *right)
{
    return strcmp(left ? left : "", right ? right : "");
}

/* Negative where the left tells more; 0 where they tell the same in the same words. */
static int compare_findings(const struct finding *left, const struct finding *right)
{
    size_t left_parts[PARTS];
    size_t right_parts[PARTS];
    weigh(left, left_parts);
    weigh(right, right_parts);
    int order = 0;
    for (int i = 0; order == 0 && i < PARTS; i++)
        order = compare_numbers(right_parts[i], left_parts[i]);
    if (order == 0)
        order = compare_text(left->message, right->message);
    if (order == 0)
        order = compare_text(left->object, right->object);
    for (size_t i = 0; order == 0 && i < left->site_count && i < right->site_count; i++) {
        const struct site *mine = &left->sites[i];
        const struct site *its = &right->sites[i];
        order = compare_text(mine->file, its->file);
        if (order == 0)
            order = compare_numbers((size_t)mine->line, (size_t)its->line);
        if (order == 0)
            order = compare_text(mine->thread, its->thread);
        if (order == 0)
            order = compare_text(mine->act, its->act);
        if (order == 0)
            order = compare_text(mine->locks, its->locks);
        if (order == 0)
            order = compare_text(mine->function, its->function);
    }
    return order;
}

struct mention most_telling(const struct inspection *inspection, const struct merge *merge,
                            const struct group *group)
{
    enum defect defect = merge->claims[group->lead].defect;
    struct mention best = merge->claims[group->lead].mentions[0];
    for (size_t i = 0; i < group->claim_count; i++) {
        const struct claim *claim = &merge->claims[group->claims[i]];
        for (size_t j = 0; claim->defect == defect && j < claim->mention_count; j++) {
            const struct mention *mention = &claim->mentions[j];
            int order = compare_findings(mention->finding, best.finding);
            if (order == 0)
                order = strcmp(inspection->detectors[mention->detector].name,
                               inspection->detectors[best.detector].name);
            if (order < 0)
                best = *mention;
        }
    }
    return best;
}

char *best_name(const struct group *group, const struct finding *finding)
{
    /* The order that a tool tells locks in is mostly that in which they are to be taken. */
    if (finding->defect == DEFECT_LOCK_ORDER && finding->object)
        return xstrdup(finding->object);
    return names_join(&group->names);
}
