#include "explore/rows.h"

#include "explore/holds.h"
#include "explore/touched.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_ROUND = 24, FEWEST_ROUNDS = 3, MOST_NESTED = 3 };

struct maker {
    const struct wire_step *steps;
    struct touched *touched;
    place_fn *place;
    void *user;
    struct row *rows;
    size_t count;
    size_t turn;      /* the first step of the turn that is under way */
    size_t turn_rows; /* rows when it began */
    unsigned pending; /* flags of its steps that made no row yet */
    uint32_t passed;  /* and how many these are */
};

bool same_line(const struct place *one, const struct place *other)
{
    if (one == other)
        return true;
    if (one->line == 0 || other->line == 0 || !one->file || !other->file)
        return one->address == other->address;
    return one->line == other->line && strcmp(one->file, other->file) == 0;
}

static bool matters(const struct maker *maker, const struct wire_step *step)
{
    if (touches_memory(step))
        return touched_shared(maker->touched, step);
    return step->op != WIRE_END && step->op != WIRE_NONE && step->op < WIRE_OP_COUNT;
}

static const struct place *place_of(const struct maker *maker, const struct wire_step *step)
{
    return step->op == WIRE_START && step->second ? maker->place(step->second, false, maker->user)
                                                  : maker->place(step->pc, true, maker->user);
}

/* Whether the step belongs to the last row, too. */
static bool joins(const struct maker *maker, const struct wire_step *step,
                  const struct place *place)
{
    const struct row *last =
        maker->count > maker->turn_rows ? &maker->rows[maker->count - 1] : NULL;
    return last && last->object == step->object && !(step->flags & (WIRE_LATE | WIRE_FAILED)) &&
           !(last->flags & (WIRE_LATE | WIRE_FAILED)) && same_line(last->place, place);
}

static void add_row(struct maker *maker, size_t index)
{
    const struct wire_step *step = &maker->steps[index];
    const struct place *place = place_of(maker, step);
    uint64_t takes = step_takes(step);
    uint64_t gives = step_gives(step);
    struct row *row = NULL;
    if (joins(maker, step, place)) {
        row = &maker->rows[maker->count - 1];
        /* A lock that is taken and let go of in one line is not held behind it. */
        if (gives && gives == row->takes)
            row->takes = gives = 0;
    } else {
        row = xappend((void **)&maker->rows, &maker->count, sizeof(*maker->rows));
        *row = (struct row){.thread = step->thread,
                            .first = index,
                            .object = step->object,
                            .pc = step->pc,
                            .place = place};
    }
    row->words |= UINT64_C(1) << step->op % 64;
    row->takes = takes ? takes : row->takes;
    row->gives = gives ? gives : row->gives;
    row->flags |= maker->pending | (step->flags & (WIRE_PREEMPTED | WIRE_LATE | WIRE_FAILED));
    row->points += maker->passed + 1;
    maker->pending = 0;
    maker->passed = 0;
}

static void end_turn(struct maker *maker)
{
    if (maker->passed > 0 && maker->count > maker->turn_rows) {
        maker->rows[maker->count - 1].points += maker->passed;
    } else if (maker->passed > 0) {
        maker->passed--;
        add_row(maker, maker->turn);
    }
    maker->pending = 0;
    maker->passed = 0;
    maker->turn_rows = maker->count;
}

static bool fails_at_step(const struct maker *maker, const struct wire_outcome *outcome)
{
    const struct row *last = NULL;
    for (size_t i = maker->count; i-- > 0 && !last;)
        last = maker->rows[i].thread == outcome->thread ? &maker->rows[i] : NULL;
    return last && outcome->end != WIRE_ASSERTED &&
           same_line(last->place, maker->place(outcome->pc, true, maker->user));
}

/* Marks the row where the run failed, which may be one that no point stands for. */
static void add_fatal(struct maker *maker, const struct wire_outcome *outcome)
{
    switch (outcome->end) {
    case WIRE_ASSERTED:
    case WIRE_SIGNALLED:
    case WIRE_DESTROYED:
    case WIRE_FREED:
        break;
    case WIRE_EXITED:
        if (outcome->status != 0 && maker->count > 0)
            maker->rows[maker->count - 1].fatal = true;
        return;
    default:
        return;
    }
    if (outcome->pc == 0 || fails_at_step(maker, outcome)) {
        for (size_t i = maker->count; i-- > 0;) {
            if (maker->rows[i].thread != outcome->thread)
                continue;
            maker->rows[i].fatal = true;
            return;
        }
    }
    struct row *row = xappend((void **)&maker->rows, &maker->count, sizeof(*maker->rows));
    *row = (struct row){.thread = outcome->thread,
                        .object = outcome->object,
                        .pc = outcome->pc,
                        .place = maker->place(outcome->pc, true, maker->user),
                        .fatal = true};
}

struct row *rows_of(const struct wire_step *steps, size_t count, const struct wire_outcome *outcome,
                    place_fn *place, void *user, size_t *rows)
{
    struct maker maker = {
        .steps = steps, .touched = touched_new(steps, count), .place = place, .user = user};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || steps[i].thread != steps[i - 1].thread) {
            end_turn(&maker);
            maker.turn = i;
        }
        if (matters(&maker, &steps[i])) {
            add_row(&maker, i);
            continue;
        }
        maker.pending |= steps[i].flags & WIRE_PREEMPTED;
        maker.passed++;
    }
    end_turn(&maker);
    add_fatal(&maker, outcome);
    touched_free(maker.touched);
    *rows = maker.count;
    return maker.rows;
}

/* Memory may be another element in each round; a lock must be the same. */
static bool same_row(const struct row *one, const struct row *other)
{
    bool locks = one->takes || one->gives || other->takes || other->gives;
    return one->thread == other->thread && one->words == other->words &&
           one->flags == other->flags && !one->fatal && !other->fatal &&
           one->takes == other->takes && one->gives == other->gives &&
           (!locks || one->object == other->object) && one->again_rows == other->again_rows &&
           one->again_times == other->again_times && same_line(one->place, other->place);
}

/* How often the `length` rows at the start come again right behind. */
static size_t times_again(const struct row *rows, size_t count, size_t length)
{
    size_t same = 0;
    while (same + length < count && same_row(&rows[same], &rows[same + length]))
        same++;
    return same / length;
}

static bool fold_once(struct row *rows, size_t *count)
{
    size_t kept = 0;
    bool folded = false;
    for (size_t at = 0; at < *count;) {
        size_t length = 0, times = 0;
        for (size_t try = 1; try <= LONGEST_ROUND && at + try <= *count; try++) {
            size_t got =
                rows[at + try - 1].again_rows ? 0 : times_again(&rows[at], *count - at, try);
            if (got + 1 >= FEWEST_ROUNDS && got * try > times * length) {
                length = try;
                times = got;
            }
        }
        size_t keep = length ? length : 1;
        for (size_t i = 0; i < times * length; i++)
            rows[at + i % length].points += rows[at + length + i].points;
        memmove(&rows[kept], &rows[at], keep * sizeof(*rows));
        if (length) {
            rows[kept + length - 1].again_rows = length;
            rows[kept + length - 1].again_times = times;
            folded = true;
        }
        kept += keep;
        at += keep + times * length;
    }
    *count = kept;
    return folded;
}

void rows_fold(struct row *rows, size_t *count)
{
    for (int i = 0; i < MOST_NESTED && fold_once(rows, count); i++)
        ;
}
