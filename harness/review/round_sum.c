#include "review/round_sum.h"

#include "model/memory.h"

#include <stdlib.h>

static unsigned rounded(uint64_t part, uint64_t whole)
{
    return whole ? (unsigned)((2 * part + whole) / (2 * whole)) : 0;
}

unsigned round_sum_points(const struct round_sum *sum)
{
    return rounded(sum->points, sum->rounds);
}

unsigned round_sum_precision(const struct round_sum *sum)
{
    return rounded(100 * (uint64_t)sum->hit, sum->marked);
}

unsigned round_sum_recall(const struct round_sum *sum)
{
    return rounded(100 * (uint64_t)sum->hit, sum->wanted);
}

enum strength round_sum_strength(const struct round_sum *sum, size_t least)
{
    if (sum->rounds == 0 || sum->rounds < least)
        return STRENGTH_UNKNOWN;
    if (sum->late < WEAK_POINTS)
        return STRENGTH_WEAK;
    return sum->late < STRONG_POINTS ? STRENGTH_FAIR : STRENGTH_STRONG;
}

static int compare_times(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static uint64_t median_ms(const struct record *const *items, size_t count)
{
    uint64_t *times = xcalloc(count + 1, sizeof(*times));
    for (size_t i = 0; i < count; i++)
        times[i] = items[i]->ms;
    qsort(times, count, sizeof(*times), compare_times);
    /* Of an even number the lower of the two in the middle: a time that was really taken. */
    uint64_t median = count ? times[(count - 1) / 2] : 0;
    free(times);
    return median;
}

static unsigned mean_points(const struct record *const *items, size_t begin, size_t end)
{
    uint64_t points = 0;
    for (size_t i = begin; i < end; i++)
        points += items[i]->marks.points;
    return rounded(points, end - begin);
}

static void find_trend(const struct record *const *items, size_t count, struct round_sum *sum)
{
    size_t window = 2 * (size_t)TREND_ROUNDS;
    sum->late = mean_points(items, count < window ? 0 : count - window, count);
    if (count < window)
        return;
    size_t middle = count - TREND_ROUNDS;
    sum->recent = mean_points(items, middle, count);
    sum->before = mean_points(items, middle - TREND_ROUNDS, middle);
    if (sum->recent >= sum->before + TREND_POINTS)
        sum->trend = TREND_UP;
    else if (sum->before >= sum->recent + TREND_POINTS)
        sum->trend = TREND_DOWN;
    else
        sum->trend = TREND_LEVEL;
}

struct round_sum round_sum_of(const struct record *const *items, size_t count)
{
    struct round_sum sum = {.rounds = count};
    for (size_t i = 0; i < count; i++) {
        const struct marks *marks = &items[i]->marks;
        sum.guilty += marks->guilty;
        sum.found += marks->guilty && marks->verdict_right;
        sum.innocent += !marks->guilty;
        sum.accepted += !marks->guilty && marks->verdict_right;
        if (marks->guilty) {
            sum.wanted += marks->wanted;
            sum.marked += marks->marked;
            sum.hit += marks->hit;
            sum.classes += marks->class_right;
            sum.patches_asked += marks->patch_asked;
            sum.patches += marks->patch_asked && marks->patch_right;
        }
        sum.hints += items[i]->hints;
        sum.points += marks->points;
        sum.ms += items[i]->ms;
    }
    sum.median_ms = median_ms(items, count);
    find_trend(items, count, &sum);
    return sum;
}
