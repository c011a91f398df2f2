#include "judge/merge.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* The groups that have a place. */
struct index {
    size_t *groups;
    size_t count;
};

static bool has_spot(const struct claim *claim, size_t spot)
{
    size_t low = 0;
    size_t high = claim->spot_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (claim->spots[middle] < spot)
            low = middle + 1;
        else
            high = middle;
    }
    return low < claim->spot_count && claim->spots[low] == spot;
}

static bool has_spots(const struct claim *claim, const size_t *spots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!has_spot(claim, spots[i]))
            return false;
    }
    return true;
}

static bool same_spots(const struct claim *left, const struct claim *right)
{
    return left->spot_count == right->spot_count &&
           memcmp(left->spots, right->spots, left->spot_count * sizeof(*left->spots)) == 0;
}

/* Whether the places of a claim are the lead's. A lead has at least as many as what comes after it. */
static bool places_fit(const struct claim *lead, const struct claim *claim)
{
    switch (claim->defect) {
    case DEFECT_RACE:
        return claim->spot_count == 1 ? has_spot(lead, claim->spots[0]) : same_spots(lead, claim);
    case DEFECT_LOCK_ORDER:
        /* ThreadSanitizer tells all four places of two locks, Helgrind three or one. */
        return has_spots(lead, claim->spots, claim->spot_count);
    case DEFECT_MISUSE:
        /* Of memory used when it is freed ThreadSanitizer tells both sides; the use is the fault. */
        return claim->first_spot == lead->first_spot &&
               (claim->spot_count == 1 || same_spots(lead, claim));
    case DEFECT_HANG:
    case DEFECT_WRONG_RESULT:
    case DEFECT_CRASH:
    case DEFECT_LEAK:
        break;
    }
    return same_spots(lead, claim);
}

/*
 * Whether what DRD tells of the other thread ("other segment": between which stacks its access lies) is of
 * the function in which the lead has its other side.
 */
static bool other_side_fits(const struct merge *merge, const struct claim *lead,
                            const struct claim *claim)
{
    if (lead->spot_count != 2 || claim->spot_count != 1)
        return false;
    size_t other = lead->spots[lead->spots[0] == claim->spots[0] ? 1 : 0];
    const char *function = merge->spots.items[other].function;
    const struct finding *finding = claim->mentions[0].finding;
    for (size_t i = 0; function && i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        for (size_t f = 0; background->kind == OTHER_STACK && f < background->stack.count; f++) {
            const char *frame = background->stack.frames[f].function;
            if (frame && strcmp(frame, function) == 0)
                return true;
        }
    }
    return false;
}

/* The group that the claim fits best, or NULL: that of the same names before one that only does not
 * contradict, then that whose other side fits, then that of most reports, then the first. */
static struct group *best_group(const struct merge *merge, const struct index *by_spot,
                                const struct claim *claim)
{
    const struct index *index = &by_spot[claim->spots[0]];
    for (size_t i = 1; i < claim->spot_count; i++) {
        if (by_spot[claim->spots[i]].count < index->count)
            index = &by_spot[claim->spots[i]];
    }
    struct group *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; i < index->count; i++) {
        struct group *group = &merge->groups[index->groups[i]];
        const struct claim *lead = &merge->claims[group->lead];
        if (lead->defect != claim->defect || !places_fit(lead, claim) ||
            !names_agree(&group->names, &claim->names) || (group->heap && claim->names.count > 0) ||
            (claim->heap && group->names.count > 0))
            continue;
        bool unknown = group->names.count == 0 || claim->names.count == 0;
        int rank = names_compare(&group->names, &claim->names) == 0 ? 6 : unknown ? 2 : 4;
        rank += other_side_fits(merge, lead, claim);
        if (!best || rank > best_rank || (rank == best_rank && group->reports > best->reports)) {
            best = group;
            best_rank = rank;
        }
    }
    return best;
}

static void group_take(struct merge *merge, struct group *group, size_t claim)
{
    size_t *slot = xappend((void **)&group->claims, &group->claim_count, sizeof(*group->claims));
    *slot = claim;
    group->reports += merge->claims[claim].reports;
    group->heap = group->heap || merge->claims[claim].heap;
    if (group->names.count == 0)
        names_copy(&merge->claims[claim].names, &group->names);
}

static void index_add(struct index *index, size_t group)
{
    if (index->count > 0 && index->groups[index->count - 1] == group)
        return;
    size_t *slot = xappend((void **)&index->groups, &index->count, sizeof(*index->groups));
    *slot = group;
}

/*
 * A hang over locks that a detector has deduced from another run, or another order of events, is that
 * deadlock come true: one bug. So it is where all its threads that wait for locks do so at places of
 * that order of locks, and the locks go together.
 */
static void absorb_lock_orders(struct merge *merge, const struct index *by_spot, struct group *hang)
{
    const struct lock_waits *waits = &merge->claims[hang->lead].lock_waits;
    if (waits->threads < 2)
        return;
    const struct index *index = &by_spot[waits->spots[0]];
    for (size_t i = 0; i < index->count; i++) {
        struct group *group = &merge->groups[index->groups[i]];
        const struct claim *lead = &merge->claims[group->lead];
        if (lead->defect != DEFECT_LOCK_ORDER || group->claim_count == 0 ||
            !has_spots(lead, waits->spots, waits->spot_count) ||
            !names_agree(&group->names, &waits->names))
            continue;
        for (size_t claim = 0; claim < group->claim_count; claim++)
            group_take(merge, hang, group->claims[claim]);
        group->claim_count = 0;
    }
}

void merge_join(struct merge *merge)
{
    struct index *by_spot = xcalloc(merge->spots.count + 1, sizeof(*by_spot));
    for (size_t i = 0; i < merge->claim_count; i++) {
        const struct claim *claim = &merge->claims[i];
        struct group *group = best_group(merge, by_spot, claim);
        if (!group) {
            group = xappend((void **)&merge->groups, &merge->group_count, sizeof(*group));
            group->lead = i;
            for (size_t spot = 0; spot < claim->spot_count; spot++)
                index_add(&by_spot[claim->spots[spot]], merge->group_count - 1);
        }
        group_take(merge, group, i);
    }
    for (size_t i = 0; i < merge->group_count; i++) {
        if (merge->claims[merge->groups[i].lead].defect == DEFECT_HANG)
            absorb_lock_orders(merge, by_spot, &merge->groups[i]);
    }
    for (size_t i = 0; i < merge->spots.count; i++)
        free(by_spot[i].groups);
    free(by_spot);
}
