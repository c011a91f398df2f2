#include "judge/bug.h"

#include "judge/doubt.h"
#include "judge/fingerprint.h"
#include "judge/merge.h"
#include "judge/remedy.h"
#include "judge/sentence.h"
#include "judge/silence.h"
#include "judge/telling.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static void read_sightings(const struct inspection *inspection, const struct merge *merge,
                           const struct group *group, struct bug *bug)
{
    bug->sightings = xcalloc(inspection->detector_count + 1, sizeof(*bug->sightings));
    struct mention *mentions = NULL;
    size_t count = 0;
    group_mentions(merge, group, &mentions, &count);
    unsigned kinds = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mention *mention = &mentions[i];
        struct sighting *sighting = &bug->sightings[mention->detector];
        bool same_run =
            i > 0 && mention[-1].detector == mention->detector && mention[-1].run == mention->run;
        sighting->runs += !same_run;
        sighting->reports += mention->finding->times;
        size_t schedule = inspection->detectors[mention->detector].runs[mention->run].schedule;
        if (schedule > 0 && (sighting->schedule == 0 || schedule < sighting->schedule))
            sighting->schedule = schedule;
        if (!sighting->first)
            sighting->first = mention->finding;
        kinds |= 1u << mention->finding->defect;
    }
    free(mentions);
    for (size_t i = 0; i < inspection->detector_count; i++) {
        if (!bug->sightings[i].first)
            bug->sightings[i].silent = why_silent(inspection, &inspection->detectors[i], kinds);
    }
}

static void read_bug(const struct inspection *inspection, const struct merge *merge,
                     const struct group *group, hash128 fingerprint, enum doubt doubt,
                     struct bug *bug)
{
    struct mention best = most_telling(inspection, merge, group);
    bug->defect = merge->claims[group->lead].defect;
    bug->happened = bug->defect == DEFECT_HANG || bug->defect == DEFECT_CRASH ||
                    bug->defect == DEFECT_WRONG_RESULT;
    bug->finding = best.finding;
    const struct report *report = &inspection->detectors[best.detector].runs[best.run].report;
    if (bug->defect == DEFECT_HANG && report->explanation.stuck != STUCK_NOT)
        bug->explanation = &report->explanation;
    bug->object = best_name(group, bug->finding);
    bug->sentence = bug_sentence(inspection, bug->finding, bug->object);
    struct remedy remedy = remedy_for(inspection, bug->finding, bug->object, bug->explanation);
    bug->remedy = remedy.text;
    bug->lesson = remedy.lesson;
    hash128_write(fingerprint, bug->fingerprint);
    read_sightings(inspection, merge, group, bug);
    bug->doubt = doubt;
    doubt_tell(inspection, bug);
}

/* What bugs are ordered by. */
struct ranked {
    size_t group;
    const struct merge *merge;
    enum defect defect;
    size_t severity;  /* 0 is the worst */
    size_t detectors; /* that saw it */
    size_t reports;
    /* The bug on the same object and of the same kind that the most detectors saw. */
    size_t leader_detectors;
    size_t leader_reports;
};

static int compare_numbers(size_t left, size_t right)
{
    return left < right ? -1 : left > right;
}

/* What is certain first, then what is worse. */
static size_t severity(enum defect defect)
{
    static const size_t order[DEFECT_COUNT] = {
        [DEFECT_HANG] = 0,   [DEFECT_CRASH] = 1,      [DEFECT_WRONG_RESULT] = 2, [DEFECT_RACE] = 3,
        [DEFECT_MISUSE] = 4, [DEFECT_LOCK_ORDER] = 5, [DEFECT_LEAK] = 6,
    };
    return order[defect];
}

static const struct group *group_of(const struct ranked *ranked)
{
    return &ranked->merge->groups[ranked->group];
}

/* Among bugs of one kind and object: what more saw, then place by place. */
static int compare_own(const struct ranked *left, const struct ranked *right)
{
    int order = compare_numbers(right->detectors, left->detectors);
    if (order == 0)
        order = compare_numbers(right->reports, left->reports);
    const struct claim *left_lead = &left->merge->claims[group_of(left)->lead];
    const struct claim *right_lead = &right->merge->claims[group_of(right)->lead];
    for (size_t i = 0; order == 0 && i < left_lead->spot_count && i < right_lead->spot_count; i++)
        order = compare_numbers(left_lead->spots[i], right_lead->spots[i]);
    return order ? order : compare_numbers(left->group, right->group);
}

static int by_object(const void *left_ranked, const void *right_ranked)
{
    const struct ranked *left = left_ranked;
    const struct ranked *right = right_ranked;
    int order = compare_numbers(left->severity, right->severity);
    if (order == 0)
        order = names_compare(&group_of(left)->names, &group_of(right)->names);
    return order ? order : compare_own(left, right);
}

static int by_rank(const void *left_ranked, const void *right_ranked)
{
    const struct ranked *left = left_ranked;
    const struct ranked *right = right_ranked;
    int order = compare_numbers(left->severity, right->severity);
    if (order == 0)
        order = compare_numbers(right->leader_detectors, left->leader_detectors);
    if (order == 0)
        order = compare_numbers(right->leader_reports, left->leader_reports);
    if (order == 0)
        order = names_compare(&group_of(left)->names, &group_of(right)->names);
    return order ? order : compare_own(left, right);
}

/* Bugs on one object stand together, where the one of them stands that most detectors saw. */
static void rank(struct ranked *ranked, size_t count)
{
    qsort(ranked, count, sizeof(*ranked), by_object);
    const struct ranked *leader = ranked;
    for (size_t i = 0; i < count; i++) {
        const struct names *names = &group_of(&ranked[i])->names;
        if (ranked[i].defect != leader->defect || names->count == 0 ||
            names_compare(names, &group_of(leader)->names) != 0)
            leader = &ranked[i];
        ranked[i].leader_detectors = leader->detectors;
        ranked[i].leader_reports = leader->reports;
    }
    qsort(ranked, count, sizeof(*ranked), by_rank);
}

void bugs_merge(const struct inspection *inspection, source_line_fn *line, void *user,
                struct bugs *bugs)
{
    struct merge merge;
    merge_init(inspection, &merge);
    hash128 *prints = fingerprints(inspection, &merge, line, user);
    enum doubt *doubts = doubts_of(inspection, &merge);
    struct ranked *ranked = xcalloc(merge.group_count + 1, sizeof(*ranked));
    size_t count = 0;
    for (size_t i = 0; i < merge.group_count; i++) {
        const struct group *group = &merge.groups[i];
        if (group->claim_count > 0)
            ranked[count++] = (struct ranked){
                .group = i,
                .merge = &merge,
                .defect = merge.claims[group->lead].defect,
                .severity =
                    severity(merge.claims[group->lead].defect) + DEFECT_COUNT * (size_t)doubts[i],
                .detectors = group_detectors(&merge, group),
                .reports = group->reports,
            };
    }
    rank(ranked, count);
    *bugs = (struct bugs){.items = xcalloc(count + 1, sizeof(*bugs->items)), .count = count};
    for (size_t i = 0; i < count; i++)
        read_bug(inspection, &merge, group_of(&ranked[i]), prints[ranked[i].group],
                 doubts[ranked[i].group], &bugs->items[i]);
    free(ranked);
    free(prints);
    free(doubts);
    merge_release(&merge);
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

size_t bugs_mark_known(struct bugs *bugs, char *const *fingerprints, size_t count)
{
    const char **sorted = xcalloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = fingerprints[i];
    qsort((void *)sorted, count, sizeof(char *), by_text);
    size_t marked = 0;
    for (size_t i = 0; i < bugs->count; i++) {
        const char *own = bugs->items[i].fingerprint;
        if (!bsearch(&own, (void *)sorted, count, sizeof(char *), by_text))
            continue;
        bugs->items[i].known = true;
        marked++;
    }
    free((void *)sorted);
    return marked;
}

void bugs_release(struct bugs *bugs)
{
    for (size_t i = 0; i < bugs->count; i++) {
        struct bug *bug = &bugs->items[i];
        for (struct sighting *at = bug->sightings; at->first || at->silent; at++)
            free(at->silent);
        free(bug->sightings);
        free(bug->object);
        free(bug->sentence);
        free(bug->remedy);
    }
    free(bugs->items);
    *bugs = (struct bugs){0};
}
