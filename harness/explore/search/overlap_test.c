#include "explore/search/overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { X = 0x1000, Y = 0x1008, Z = 0x1010, MUTEX = 0x2000 };

struct run {
    struct wire_step steps[64];
    size_t count;
    uint32_t own[4];
};

static void step(struct run *run, unsigned thread, enum wire_op op, uint64_t object)
{
    run->steps[run->count] = (struct wire_step){
        .thread = (uint16_t)thread, .op = op, .object = object, .own = run->own[thread]++};
    if (op >= WIRE_READ && op <= WIRE_ATOMIC_UPDATE)
        run->steps[run->count].size = 8;
    run->count++;
}

static void begin(struct run *run)
{
    *run = (struct run){0};
    step(run, 0, WIRE_CREATE, 1);
    step(run, 0, WIRE_CREATE, 2);
    step(run, 1, WIRE_START, 1);
    step(run, 2, WIRE_START, 2);
}

static void increment(struct run *run, unsigned thread, uint64_t object)
{
    step(run, thread, WIRE_LOCK, MUTEX);
    step(run, thread, WIRE_READ, object);
    step(run, thread, WIRE_WRITE, object);
    step(run, thread, WIRE_UNLOCK, MUTEX);
}

static void turns_under_a_lock_overlap(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    for (unsigned i = 0; i < 4; i++)
        increment(&run, 1 + i % 2, X);
    assert_true(overlap_in(run.steps, run.count));
    begin(&run);
    for (unsigned i = 0; i < 4; i++)
        increment(&run, 1 + i / 2, X);
    assert_false(overlap_in(run.steps, run.count));
}

static void one_lock_around_all_is_serial(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    for (unsigned thread = 1; thread <= 2; thread++) {
        step(&run, thread, WIRE_READ, thread == 1 ? Y : Z); /* what it was given */
        step(&run, thread, WIRE_LOCK, MUTEX);
        for (unsigned i = 0; i < 3; i++)
            step(&run, thread, WIRE_WRITE, X);
        step(&run, thread, WIRE_UNLOCK, MUTEX);
    }
    assert_false(overlap_in(run.steps, run.count));
}

static void a_thread_that_is_joined_before_the_next_is_serial(void **state)
{
    (void)state;
    struct run run = {0};
    for (unsigned thread = 1; thread <= 2; thread++) {
        step(&run, 0, WIRE_CREATE, thread);
        step(&run, thread, WIRE_START, thread);
        step(&run, thread, WIRE_WRITE, X);
        step(&run, thread, WIRE_WRITE, Y);
        step(&run, thread, WIRE_END, thread);
        step(&run, 0, WIRE_JOIN, thread);
        step(&run, 0, WIRE_READ, X);
    }
    assert_false(overlap_in(run.steps, run.count));
}

static void work_on_memory_of_their_own_overlaps(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 2, WIRE_WRITE, Y);
    assert_true(overlap_in(run.steps, run.count));
    begin(&run); /* reads alone are no work */
    step(&run, 1, WIRE_READ, X);
    step(&run, 2, WIRE_READ, Y);
    assert_false(overlap_in(run.steps, run.count));
}

static void what_main_prepares_does_not_count(void **state)
{
    (void)state;
    struct run run = {0};
    step(&run, 0, WIRE_CREATE, 1);
    step(&run, 1, WIRE_START, 1);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 0, WIRE_WRITE, Y);
    assert_false(overlap_in(run.steps, run.count));
    step(&run, 1, WIRE_WRITE, Y);
    step(&run, 0, WIRE_READ, Y);
    assert_false(overlap_in(run.steps, run.count));
    step(&run, 1, WIRE_WRITE, Y); /* main, 1, main, 1 */
    assert_true(overlap_in(run.steps, run.count));
}

static void a_later_write_may_be_the_unordered_one(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    increment(&run, 1, X);
    increment(&run, 2, X);
    assert_false(overlap_in(run.steps, run.count));
    step(&run, 1, WIRE_WRITE,
         Y); /* behind its unlock: nothing orders it and the other's increment */
    assert_true(overlap_in(run.steps, run.count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_under_a_lock_overlap),
        cmocka_unit_test(one_lock_around_all_is_serial),
        cmocka_unit_test(a_thread_that_is_joined_before_the_next_is_serial),
        cmocka_unit_test(work_on_memory_of_their_own_overlaps),
        cmocka_unit_test(what_main_prepares_does_not_count),
        cmocka_unit_test(a_later_write_may_be_the_unordered_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
