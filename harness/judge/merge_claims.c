#include "judge/merge.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(size_t left, size_t right)
{
    return left < right ? -1 : left > right;
}

static int by_number(const void *left, const void *right)
{
    return compare_numbers(*(const size_t *)left, *(const size_t *)right);
}

static size_t without_doubles(size_t *numbers, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || numbers[kept - 1] != numbers[i])
            numbers[kept++] = numbers[i];
    }
    return kept;
}

/* What a thread of a hang waits for, where that has a name in the source; else NULL. */
static const char *awaited(const struct site *site)
{
    static const char waits_for[] = "waits for ";
    if (!site->act || strncmp(site->act, waits_for, sizeof(waits_for) - 1) != 0)
        return NULL;
    const char *name = site->act + sizeof(waits_for) - 1;
    for (int what = 0; what < WAIT_FOR_COUNT; what++) {
        if (strcmp(name, wait_for_word((enum wait_for)what)) == 0)
            return NULL;
    }
    /* "a pipe", "/tmp/x.23": no names, or not the same from run to run. */
    return strpbrk(name, " /") ? NULL : name;
}

static void read_names(const struct finding *finding, struct names *names)
{
    if (finding->defect == DEFECT_LOCK_ORDER)
        names_add_list(names, finding->object);
    else
        names_add(names, finding->object);
    for (size_t i = 0; finding->defect == DEFECT_HANG && i < finding->site_count; i++)
        names_add(names, awaited(&finding->sites[i]));
}

static const struct stuck_thread *lock_waiter(const struct explanation *explanation,
                                              const struct site *site)
{
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        enum wait_for what = thread->waiting.what;
        bool lock = what == FOR_MUTEX || what == FOR_READ_LOCK || what == FOR_WRITE_LOCK;
        if (lock && thread->stuck && thread->label && site->thread &&
            strcmp(thread->label, site->thread) == 0)
            return thread;
    }
    return NULL;
}

static void read_lock_waits(const struct explanation *explanation, const struct finding *finding,
                            const size_t *spots, struct lock_waits *waits)
{
    if (explanation->stuck != STUCK_DEADLOCK && explanation->stuck != STUCK_PART)
        return;
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct stuck_thread *thread = lock_waiter(explanation, &finding->sites[i]);
        if (!thread)
            continue;
        size_t *slot = xappend((void **)&waits->spots, &waits->spot_count, sizeof(*waits->spots));
        *slot = spots[i];
        names_add(&waits->names, thread->waiting.name);
        waits->threads++;
    }
    if (waits->spot_count > 0)
        qsort(waits->spots, waits->spot_count, sizeof(*waits->spots), by_number);
    waits->spot_count = without_doubles(waits->spots, waits->spot_count);
}

static void lock_waits_release(struct lock_waits *waits)
{
    free(waits->spots);
    names_release(&waits->names);
    *waits = (struct lock_waits){0};
}

static void claim_release(struct claim *claim)
{
    names_release(&claim->names);
    lock_waits_release(&claim->lock_waits);
    free(claim->spots);
    free(claim->mentions);
}

static void claim_init(struct claim *claim, const struct report *report,
                       const struct finding *finding, const size_t *spots)
{
    claim->defect = finding->defect;
    claim->reports = finding->times;
    claim->first_spot = spots[0];
    claim->spot_count = finding->site_count > 0 ? finding->site_count : 1;
    claim->spots = xcalloc(claim->spot_count, sizeof(*claim->spots));
    memcpy(claim->spots, spots, claim->spot_count * sizeof(*spots));
    qsort(claim->spots, claim->spot_count, sizeof(*claim->spots), by_number);
    if (claim->defect != DEFECT_RACE)
        claim->spot_count = without_doubles(claim->spots, claim->spot_count);
    read_names(finding, &claim->names);
    for (size_t i = 0; i < finding->background_count; i++)
        claim->heap = claim->heap || (claim->defect == DEFECT_RACE && claim->names.count == 0 &&
                                      finding->backgrounds[i].kind == ALLOCATED);
    if (claim->defect == DEFECT_HANG)
        read_lock_waits(&report->explanation, finding, spots, &claim->lock_waits);
}

/* What tells most comes first: most places, then most names, of those the longer. */
static int compare_claims(const struct claim *left, const struct claim *right)
{
    int order = compare_numbers(left->defect, right->defect);
    if (order == 0)
        order = compare_numbers(right->spot_count, left->spot_count);
    if (order == 0)
        order = names_compare(&right->names, &left->names);
    for (size_t i = 0; order == 0 && i < left->spot_count; i++)
        order = compare_numbers(left->spots[i], right->spots[i]);
    if (order == 0)
        order = compare_numbers(left->heap, right->heap);
    return order ? order : compare_numbers(left->first_spot, right->first_spot);
}

static int by_claim(const void *left_claim, const void *right_claim)
{
    const struct claim *left = left_claim;
    const struct claim *right = right_claim;
    int order = compare_claims(left, right);
    if (order == 0)
        order = compare_numbers(left->mentions[0].detector, right->mentions[0].detector);
    if (order == 0)
        order = compare_numbers(left->mentions[0].run, right->mentions[0].run);
    /* Both in the findings of one report. */
    return order ? order
                 : compare_numbers((size_t)left->mentions[0].finding,
                                   (size_t)right->mentions[0].finding);
}

/* The recorder knows the names of locks that a look from outside does not. */
static void keep_lock_waits(struct claim *claim, struct claim *other)
{
    struct lock_waits *mine = &claim->lock_waits;
    struct lock_waits *its = &other->lock_waits;
    int order = compare_numbers(mine->threads, its->threads);
    if (order == 0)
        order = names_compare(&mine->names, &its->names);
    if (order >= 0)
        return;
    struct lock_waits kept = *its;
    *its = *mine;
    *mine = kept;
}

/* Makes one of the claims that tell the very same. */
static void unite(struct merge *merge)
{
    size_t kept = 0;
    for (size_t i = 0; i < merge->claim_count; i++) {
        struct claim *claim = &merge->claims[i];
        struct claim *last = kept > 0 ? &merge->claims[kept - 1] : NULL;
        if (!last || compare_claims(last, claim) != 0) {
            if (kept != i)
                merge->claims[kept] = *claim;
            kept++;
            continue;
        }
        struct mention *mention =
            xappend((void **)&last->mentions, &last->mention_count, sizeof(*last->mentions));
        *mention = claim->mentions[0];
        last->reports += claim->reports;
        keep_lock_waits(last, claim);
        claim_release(claim);
    }
    merge->claim_count = kept;
}

static void each_finding(const struct inspection *inspection, struct merge *merge, bool gather)
{
    size_t at = 0;
    for (size_t d = 0; d < inspection->detector_count; d++) {
        const struct inspected *inspected = &inspection->detectors[d];
        for (size_t r = 0; r < inspected->run_count; r++) {
            const struct report *report = &inspected->runs[r].report;
            for (size_t f = 0; f < report->findings.count; f++) {
                const struct finding *finding = &report->findings.items[f];
                if (gather) {
                    spots_add(&merge->spots, finding);
                    continue;
                }
                struct claim *claim =
                    xappend((void **)&merge->claims, &merge->claim_count, sizeof(*merge->claims));
                claim_init(claim, report, finding, merge->spots.of_sites + at);
                struct mention *mention =
                    xappend((void **)&claim->mentions, &claim->mention_count, sizeof(*mention));
                *mention = (struct mention){.detector = d, .run = r, .finding = finding};
                at += finding->site_count > 0 ? finding->site_count : 1;
            }
        }
    }
}

void merge_claims(const struct inspection *inspection, struct merge *merge)
{
    each_finding(inspection, merge, true);
    spots_settle(&merge->spots);
    each_finding(inspection, merge, false);
    if (merge->claim_count > 0)
        qsort(merge->claims, merge->claim_count, sizeof(*merge->claims), by_claim);
    unite(merge);
}

void merge_init(const struct inspection *inspection, struct merge *merge)
{
    *merge = (struct merge){0};
    merge_claims(inspection, merge);
    merge_join(merge);
}

void merge_release(struct merge *merge)
{
    for (size_t i = 0; i < merge->claim_count; i++)
        claim_release(&merge->claims[i]);
    for (size_t i = 0; i < merge->group_count; i++) {
        names_release(&merge->groups[i].names);
        free(merge->groups[i].claims);
    }
    free(merge->claims);
    free(merge->groups);
    spots_release(&merge->spots);
    *merge = (struct merge){0};
}
