#include "judge/score.h"

#include "judge/judge.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Whether the report holds a finding of a kind that the detector itself reports. */
static bool says_anything(const struct detector *detector, const struct report *report)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        if (detector_sees(detector, report->findings.items[i].defect))
            return true;
    }
    return false;
}

struct outcome judge_outcome(const struct cell *cell)
{
    const struct report *buggy = &cell->twin[BUGGY].report;
    const struct report *fixed = &cell->twin[FIXED].report;
    const struct promises *promises = &cell->pair->twin[BUGGY].annotations.promises;
    struct outcome outcome = {.judged = cell->judged && cell->verdict.verdict != VERDICT_SKIPPED &&
                                        cell->verdict.verdict != VERDICT_ERROR};
    if (!outcome.judged)
        return outcome;
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        const struct exception *exception =
            promise_exception(promise, cell->detector->name, buggy->version);
        if (promise->kind != PROMISE_BUG || !detector_sees(cell->detector, promise->defect))
            continue;
        if (exception && exception->kind == EXCEPTION_RATE)
            outcome.chance = true;
        else if (promise_find(promise, buggy))
            outcome.exact = true;
    }
    outcome.chance = outcome.chance && !outcome.exact;
    /* Where the bug shows by chance, so does the report. */
    outcome.reported = outcome.exact || (!outcome.chance && says_anything(cell->detector, buggy));
    outcome.flagged = says_anything(cell->detector, fixed);
    return outcome;
}

static bool same_text(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

size_t score_find_column(const struct score *score, const char *detector, const char *version)
{
    for (size_t i = 0; i < score->column_count; i++) {
        if (strcmp(score->columns[i].detector, detector) == 0 &&
            same_text(score->columns[i].version, version))
            return i;
    }
    return SIZE_MAX;
}

size_t score_add_column(struct score *score, const char *detector, const char *version)
{
    if (score_find_column(score, detector, version) != SIZE_MAX)
        return SIZE_MAX;
    struct score_column *column =
        xappend((void **)&score->columns, &score->column_count, sizeof(*column));
    column->detector = xstrdup(detector);
    column->version = version ? xstrdup(version) : NULL;
    return score->column_count - 1;
}

static struct score_pair *pair_at(struct score *score, const char *id, const char *family)
{
    for (size_t i = 0; i < score->pair_count; i++) {
        if (strcmp(score->pairs[i].id, id) == 0)
            return &score->pairs[i];
    }
    struct score_pair *pair = xappend((void **)&score->pairs, &score->pair_count, sizeof(*pair));
    pair->id = xstrdup(id);
    pair->family = xstrdup(family);
    return pair;
}

void score_add(struct score *score, size_t column, const char *id, const char *family,
               struct outcome outcome)
{
    struct score_pair *pair = pair_at(score, id, family);
    while (pair->outcome_count <= column)
        xappend((void **)&pair->outcomes, &pair->outcome_count, sizeof(*pair->outcomes));
    pair->outcomes[column] = outcome;
}

/* The version that the detector had where it ran. */
static const char *version_in(const struct matrix *matrix, size_t column)
{
    for (size_t i = 0; i < matrix->pair_count; i++) {
        const struct cell *cell = &matrix->cells[i * matrix->column_count + column];
        if (cell->twin[BUGGY].report.version)
            return cell->twin[BUGGY].report.version;
    }
    return NULL;
}

void score_add_matrix(struct score *score, const struct matrix *matrix)
{
    for (size_t c = 0; c < matrix->column_count; c++) {
        const char *version = version_in(matrix, c);
        if (!version)
            continue;
        size_t column = score_add_column(score, matrix->columns[c]->name, version);
        for (size_t i = 0; i < matrix->pair_count; i++)
            score_add(score, column, matrix->pairs[i]->id, matrix->pairs[i]->family,
                      judge_outcome(&matrix->cells[i * matrix->column_count + c]));
    }
}

static struct outcome outcome_at(const struct score_pair *pair, size_t column)
{
    return column < pair->outcome_count ? pair->outcomes[column] : (struct outcome){0};
}

static struct outcome outcome_of_any(const struct score *score, const struct score_pair *pair)
{
    struct outcome any = {0};
    for (size_t c = 0; c < score->column_count; c++) {
        struct outcome one = outcome_at(pair, c);
        any.judged = any.judged || one.judged;
        any.reported = any.reported || one.reported;
        any.exact = any.exact || one.exact;
        any.chance = any.chance || one.chance;
        any.flagged = any.flagged || one.flagged;
    }
    any.chance = any.chance && !any.exact;
    return any;
}

struct score_cell score_count(const struct score *score, const char *family, size_t column)
{
    struct score_cell count = {0};
    for (size_t i = 0; i < score->pair_count; i++) {
        const struct score_pair *pair = &score->pairs[i];
        if (family && strcmp(pair->family, family) != 0)
            continue;
        struct outcome outcome =
            column == ANY_DETECTOR ? outcome_of_any(score, pair) : outcome_at(pair, column);
        count.pairs += outcome.judged;
        count.reported += outcome.reported;
        count.exact += outcome.exact;
        count.chance += outcome.chance;
        count.flagged += outcome.flagged;
    }
    return count;
}

const char **score_families(const struct score *score)
{
    const char **families = xcalloc(score->pair_count + 1, sizeof(*families));
    size_t count = 0;
    for (size_t i = 0; i < score->pair_count; i++) {
        bool known = false;
        for (size_t k = 0; k < count && !known; k++)
            known = strcmp(families[k], score->pairs[i].family) == 0;
        if (!known)
            families[count++] = score->pairs[i].family;
    }
    return families;
}

void score_release(struct score *score)
{
    for (size_t i = 0; i < score->column_count; i++) {
        free(score->columns[i].detector);
        free(score->columns[i].version);
    }
    for (size_t i = 0; i < score->pair_count; i++) {
        free(score->pairs[i].id);
        free(score->pairs[i].family);
        free(score->pairs[i].outcomes);
    }
    free(score->columns);
    free(score->pairs);
    *score = (struct score){0};
}
