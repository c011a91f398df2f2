#include "explore/rows.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
enum { X = 0x1000, LOCK = 0x2000, OWN = 0x3000 };

/* The line is the pc. */
static const struct place *place_at(uint64_t pc, bool after_call, void *user)
{
    static struct place places[2000];
    (void)after_call;
    (void)user;
    places[pc] = (struct place){.file = "x.c", .line = (int)pc, .address = pc};
    return &places[pc];
}

static struct row *rows_from(const struct wire_step *steps, size_t count,
                             const struct wire_outcome *outcome, size_t *rows)
{
    struct row *made = rows_of(steps, count, outcome, place_at, NULL, rows);
    rows_fold(made, rows);
    return made;
}

static void what_nobody_else_could_notice_makes_no_row(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_WRITE, .object = OWN, .size = 8, .pc = 1},
        {.op = WIRE_CREATE, .object = 1, .pc = 2},
        {.op = WIRE_WRITE, .object = OWN, .size = 8, .pc = 3},
        {.op = WIRE_READ, .object = X, .size = 8, .pc = 4},
        {.op = WIRE_WRITE, .object = X, .size = 8, .pc = 4},
        {.op = WIRE_READ, .object = OWN, .size = 8, .pc = 5},
        {.thread = 1, .op = WIRE_START, .pc = 6, .flags = WIRE_PREEMPTED},
        {.thread = 1, .op = WIRE_READ, .object = X, .size = 8, .pc = 7},
        {.thread = 1, .op = WIRE_END, .pc = 8},
    };
    struct wire_outcome outcome = {.end = WIRE_DEADLOCK};
    size_t count = 0;
    struct row *rows = rows_from(steps, COUNT(steps), &outcome, &count);
    assert_int_equal(count, 4);
    assert_int_equal(rows[0].pc, 2);
    assert_int_equal(rows[0].points, 2);
    /* Read and write in one line are one row, with the noise around them. */
    assert_int_equal(rows[1].pc, 4);
    assert_int_equal(rows[1].points, 4);
    assert_int_equal(rows[1].words, 1u << WIRE_READ | 1u << WIRE_WRITE);
    assert_int_equal(rows[2].flags, WIRE_PREEMPTED);
    assert_int_equal(rows[3].points, 2);
    free(rows);
}

/* The switch is a choice that the failure needs, also where its steps are noise. */
static void each_turn_has_a_row(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_CREATE, .object = 1, .pc = 1},
        {.thread = 1, .op = WIRE_READ, .object = OWN, .size = 8, .pc = 2, .flags = WIRE_PREEMPTED},
        {.thread = 1, .op = WIRE_READ, .object = OWN, .size = 8, .pc = 3},
        {.op = WIRE_YIELD, .pc = 4},
        {.thread = 1, .op = WIRE_READ, .object = OWN, .size = 8, .pc = 5, .flags = WIRE_PREEMPTED},
        {.thread = 1, .op = WIRE_LOCK, .object = LOCK, .pc = 6},
    };
    struct wire_outcome outcome = {.end = WIRE_DEADLOCK};
    size_t count = 0;
    struct row *rows = rows_from(steps, COUNT(steps), &outcome, &count);
    assert_int_equal(count, 4);
    assert_int_equal(rows[1].pc, 2);
    assert_int_equal(rows[1].points, 2);
    assert_int_equal(rows[1].flags, WIRE_PREEMPTED);
    assert_int_equal(rows[2].thread, 0);
    /* What was preempted is told of the row that is there. */
    assert_int_equal(rows[3].pc, 6);
    assert_int_equal(rows[3].flags, WIRE_PREEMPTED);
    assert_int_equal(rows[3].takes, LOCK);
    free(rows);
}

static void rounds_are_folded(void **state)
{
    (void)state;
    enum { ROUNDS = 1000, STEPS = 3 * ROUNDS + 3 };
    struct wire_step *steps = xcalloc(STEPS, sizeof(*steps));
    struct wire_step *at = steps;
    *at++ = (struct wire_step){.op = WIRE_CREATE, .object = 1, .pc = 1};
    for (int i = 0; i < ROUNDS; i++) {
        *at++ = (struct wire_step){.op = WIRE_LOCK, .object = LOCK, .pc = 2};
        *at++ = (struct wire_step){.op = WIRE_WRITE, .object = X + (i % 2) * 8, .size = 8, .pc = 3};
        *at++ = (struct wire_step){.op = WIRE_UNLOCK, .object = LOCK, .pc = 4};
    }
    *at++ = (struct wire_step){.thread = 1, .op = WIRE_READ, .object = X, .size = 8, .pc = 5};
    *at++ = (struct wire_step){.thread = 1, .op = WIRE_READ, .object = X + 8, .size = 8, .pc = 6};
    struct wire_outcome outcome = {.end = WIRE_DEADLOCK};
    size_t count = 0;
    struct row *rows = rows_from(steps, STEPS, &outcome, &count);
    assert_int_equal(count, 6);
    assert_int_equal(rows[3].pc, 4);
    assert_int_equal(rows[3].again_rows, 3);
    assert_int_equal(rows[3].again_times, ROUNDS - 1);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(rows[i].points, ROUNDS);
    assert_int_equal(rows[0].again_rows, 0);
    assert_int_equal(rows[4].thread, 1);
    free(rows);
    free(steps);
}

/* Different locks are no rounds of the same, and twice is told in full. */
static void what_differs_is_not_folded(void **state)
{
    (void)state;
    struct wire_step steps[8] = {{.op = WIRE_CREATE, .object = 1, .pc = 1}};
    for (unsigned i = 1; i < 6; i++)
        steps[i] = (struct wire_step){.op = WIRE_LOCK, .object = LOCK + 64 * i, .pc = 2};
    steps[6] = (struct wire_step){.op = WIRE_YIELD, .pc = 3};
    steps[7] = (struct wire_step){.op = WIRE_SLEEP, .pc = 4};
    struct wire_outcome outcome = {.end = WIRE_DEADLOCK};
    size_t count = 0;
    struct row *rows = rows_from(steps, COUNT(steps), &outcome, &count);
    assert_int_equal(count, COUNT(steps));
    free(rows);
}

static void where_it_failed_is_marked(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_CREATE, .object = 1, .pc = 1},
        {.op = WIRE_READ, .object = X, .size = 8, .pc = 2},
        {.thread = 1, .op = WIRE_WRITE, .object = X, .size = 8, .pc = 3},
    };
    static const struct {
        struct wire_outcome outcome;
        size_t rows, fatal, line;
    } cases[] = {
        {{.end = WIRE_DEADLOCK, .pc = 2}, 3, SIZE_MAX, 0},
        {{.end = WIRE_EXITED}, 3, SIZE_MAX, 0},
        {{.end = WIRE_EXITED, .status = 1}, 3, 2, 3},
        {{.end = WIRE_SIGNALLED, .status = 11, .pc = 2}, 3, 1, 2},
        {{.end = WIRE_SIGNALLED, .status = 11}, 3, 1, 2},
        {{.end = WIRE_SIGNALLED, .status = 11, .pc = 9}, 4, 3, 9},
        {{.end = WIRE_ASSERTED, .pc = 2}, 4, 3, 2},
        {{.end = WIRE_FREED, .thread = 1, .pc = 3, .object = X}, 3, 2, 3},
        {{.end = WIRE_DESTROYED, .thread = 1, .pc = 7, .object = X}, 4, 3, 7},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t count = 0;
        struct row *rows = rows_from(steps, COUNT(steps), &cases[i].outcome, &count);
        assert_int_equal(count, cases[i].rows);
        for (size_t r = 0; r < count; r++) {
            assert_int_equal(rows[r].fatal, r == cases[i].fatal);
            if (rows[r].fatal)
                assert_int_equal(rows[r].place->line, cases[i].line);
        }
        free(rows);
    }
}

static void a_lock_of_one_line_is_not_held_behind_it(void **state)
{
    (void)state;
    static const struct wire_step steps[] = {
        {.op = WIRE_LOCK, .object = LOCK, .pc = 1},
        {.op = WIRE_UNLOCK, .object = LOCK, .pc = 1},
        {.op = WIRE_LOCK, .object = LOCK, .pc = 2},
    };
    struct wire_outcome outcome = {.end = WIRE_DEADLOCK};
    size_t count = 0;
    struct row *rows = rows_from(steps, COUNT(steps), &outcome, &count);
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].takes, 0);
    assert_int_equal(rows[0].gives, 0);
    assert_int_equal(rows[1].takes, LOCK);
    free(rows);
}

static void no_steps_are_no_rows(void **state)
{
    (void)state;
    struct wire_outcome outcome = {.end = WIRE_ASSERTED, .pc = 5};
    size_t count = 0;
    struct row *rows = rows_from(NULL, 0, &outcome, &count);
    assert_int_equal(count, 1);
    assert_true(rows[0].fatal);
    assert_int_equal(rows[0].points, 0);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_else_could_notice_makes_no_row),
        cmocka_unit_test(each_turn_has_a_row),
        cmocka_unit_test(rounds_are_folded),
        cmocka_unit_test(what_differs_is_not_folded),
        cmocka_unit_test(where_it_failed_is_marked),
        cmocka_unit_test(a_lock_of_one_line_is_not_held_behind_it),
        cmocka_unit_test(no_steps_are_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
