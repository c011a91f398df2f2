#include "explore/search/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { X = 0x1000, Y = 0x1008, MUTEX = 0x2000, OTHER = 0x2040 };

/* A run under construction. Steps are numbered as they come; pc is 0x400 + the number unless told. */
struct run {
    struct wire_step steps[64];
    size_t count;
};

static struct wire_step *step(struct run *run, unsigned thread, enum wire_op op, uint64_t object)
{
    struct wire_step *it = &run->steps[run->count];
    *it = (struct wire_step){
        .thread = (uint16_t)thread, .op = op, .object = object, .pc = 0x400 + run->count};
    if (op >= WIRE_READ && op <= WIRE_ATOMIC_UPDATE)
        it->size = 8;
    run->count++;
    return it;
}

/* Both threads were made by the first, and run at the same time. */
static void begin(struct run *run)
{
    run->count = 0;
    step(run, 0, WIRE_CREATE, 1);
    step(run, 0, WIRE_CREATE, 2);
    step(run, 1, WIRE_START, 1);
    step(run, 2, WIRE_START, 2);
}

static size_t races_of(const struct run *run)
{
    struct order *order = order_new(run->steps, run->count);
    size_t count;
    order_races(order, &count);
    order_free(order);
    return count;
}

static bool before(const struct run *run, size_t a, size_t b)
{
    struct order *order = order_new(run->steps, run->count);
    bool is = order_before(order, a, b);
    order_free(order);
    return is;
}

static void unordered_accesses_race(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 2, WIRE_READ, X);
    step(&run, 2, WIRE_WRITE, Y);
    struct order *order = order_new(run.steps, run.count);
    size_t count;
    const struct order_race *races = order_races(order, &count);
    assert_int_equal(count, 1);
    assert_int_equal(races[0].first, 4);
    assert_int_equal(races[0].second, 5);
    assert_false(order_before(order, 4, 5));
    assert_false(order_before(order, 5, 4));
    assert_true(order_before(order, 5, 6));
    assert_false(order_before(order, 6, 5));
    order_free(order);
    begin(&run);
    step(&run, 1, WIRE_READ, X);
    step(&run, 2, WIRE_READ, X);
    assert_int_equal(races_of(&run), 0);
    step(&run, 1, WIRE_WRITE, X);
    assert_int_equal(races_of(&run), 1);
}

static void lives_order(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    step(&run, 0, WIRE_WRITE, X);
    step(&run, 0, WIRE_CREATE, 1);
    step(&run, 0, WIRE_WRITE, Y);
    step(&run, 1, WIRE_START, 1);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, WIRE_END, 1);
    step(&run, 0, WIRE_JOIN, 1);
    step(&run, 0, WIRE_WRITE, X);
    assert_int_equal(races_of(&run), 0);
    assert_true(before(&run, 0, 4));
    assert_true(before(&run, 4, 7));
    assert_false(before(&run, 2, 4));
    /* A join that timed out waited for nothing. */
    run.steps[6].flags = WIRE_LATE;
    assert_int_equal(races_of(&run), 1);
}

/* One write, a release, an acquisition, another write. */
static size_t handed_over(enum wire_op release, uint64_t released, enum wire_op acquire,
                          uint64_t acquired, unsigned flags)
{
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, release, released);
    step(&run, 2, acquire, acquired)->flags = (uint8_t)flags;
    step(&run, 2, WIRE_WRITE, X);
    return races_of(&run);
}

static void synchronisation_orders(void **state)
{
    (void)state;
    static const struct {
        enum wire_op release, acquire;
    } pairs[] = {
        {WIRE_UNLOCK, WIRE_LOCK},
        {WIRE_UNLOCK, WIRE_TRY_LOCK},
        {WIRE_SPIN_UNLOCK, WIRE_SPIN_LOCK},
        {WIRE_RWLOCK_UNLOCK, WIRE_WRITE_LOCK},
        {WIRE_SEM_POST, WIRE_SEM_WAIT},
        {WIRE_BARRIER_ARRIVE, WIRE_BARRIER_LEAVE},
        {WIRE_ATOMIC_STORE, WIRE_ATOMIC_LOAD},
        {WIRE_ATOMIC_UPDATE, WIRE_ATOMIC_UPDATE},
        {WIRE_ONCE, WIRE_ONCE},
        {WIRE_SEND, WIRE_RECEIVE},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(handed_over(pairs[i].release, MUTEX, pairs[i].acquire, MUTEX, 0), 0);
        if (pairs[i].release != WIRE_SEND)
            assert_int_equal(handed_over(pairs[i].release, MUTEX, pairs[i].acquire, OTHER, 0), 1);
    }
    assert_int_equal(handed_over(WIRE_UNLOCK, MUTEX, WIRE_TRY_LOCK, MUTEX, WIRE_FAILED), 1);
    assert_int_equal(handed_over(WIRE_SEM_POST, MUTEX, WIRE_SEM_WAIT, MUTEX, WIRE_LATE), 1);
    assert_int_equal(handed_over(WIRE_SIGNAL, MUTEX, WIRE_WAKE, MUTEX, 0), 1);
    assert_int_equal(handed_over(WIRE_SIGNAL_SEND, 2, WIRE_SIGNAL_HANDLE, 2, 0), 0);
    assert_int_equal(handed_over(WIRE_SLEEP, MUTEX, WIRE_LOCK, MUTEX, 0), 1);
}

static void readers_do_not_order_each_other(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_READ_LOCK, MUTEX);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, WIRE_RWLOCK_UNLOCK, MUTEX);
    step(&run, 2, WIRE_READ_LOCK, MUTEX);
    step(&run, 2, WIRE_WRITE, X);
    assert_int_equal(races_of(&run), 1);
    run.steps[7].op = WIRE_WRITE_LOCK;
    assert_int_equal(races_of(&run), 0);
}

static void a_wait_gives_and_takes_its_mutex(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, WIRE_WAIT, OTHER)->second = MUTEX;
    step(&run, 2, WIRE_LOCK, MUTEX);
    step(&run, 2, WIRE_WRITE, X);
    step(&run, 2, WIRE_SIGNAL, OTHER);
    step(&run, 2, WIRE_WRITE, Y);
    step(&run, 2, WIRE_UNLOCK, MUTEX);
    step(&run, 1, WIRE_WAKE, OTHER)->second = MUTEX;
    step(&run, 1, WIRE_WRITE, Y);
    assert_int_equal(races_of(&run), 0);
    run.steps[11].second = Y + 64;
    assert_int_equal(races_of(&run), 1);
}

/* Who arrives for the second round has nothing to do with who still leaves the first. */
static void barriers_have_rounds(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_BARRIER_ARRIVE, MUTEX);
    step(&run, 2, WIRE_BARRIER_ARRIVE, MUTEX);
    step(&run, 1, WIRE_BARRIER_LEAVE, MUTEX);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, WIRE_BARRIER_ARRIVE, MUTEX);
    step(&run, 2, WIRE_BARRIER_LEAVE, MUTEX);
    step(&run, 2, WIRE_WRITE, X);
    assert_int_equal(races_of(&run), 1);
}

static void bytes_count(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_WRITE, X)->size = 4;
    step(&run, 2, WIRE_WRITE, X + 4)->size = 4;
    assert_int_equal(races_of(&run), 0);
    step(&run, 1, WIRE_WRITE, X + 7)->size = 1;
    assert_int_equal(races_of(&run), 1);
    /* Over the border of eight bytes, and a range. */
    begin(&run);
    step(&run, 1, WIRE_WRITE, X + 6)->size = 4;
    step(&run, 2, WIRE_READ, X + 9)->size = 1;
    assert_int_equal(races_of(&run), 1);
    begin(&run);
    step(&run, 1, WIRE_WRITE, X)->size = 100;
    step(&run, 2, WIRE_READ, X + 100)->size = 1;
    assert_int_equal(races_of(&run), 0);
    step(&run, 2, WIRE_READ, X + 99)->size = 1;
    assert_int_equal(races_of(&run), 1);
}

static void atomics_race_with_plain_accesses_alone(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_ATOMIC_STORE, X);
    step(&run, 2, WIRE_ATOMIC_STORE, X);
    assert_int_equal(races_of(&run), 0);
    run.steps[5].op = WIRE_WRITE;
    assert_int_equal(races_of(&run), 1);
    /* A plain access is not forgotten behind an atomic one that comes after it in order. */
    begin(&run);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 1, WIRE_ATOMIC_UPDATE, X);
    step(&run, 2, WIRE_ATOMIC_STORE, X);
    assert_int_equal(races_of(&run), 1);
}

static void freed_memory_is_another_object(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_READ, X);
    step(&run, 2, WIRE_FREE, X)->size = 32;
    assert_int_equal(races_of(&run), 1);
    step(&run, 1, WIRE_WRITE, X + 8);
    assert_int_equal(races_of(&run), 1);
}

static void one_for_each_pair_of_places(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    for (int i = 0; i < 5; i++) {
        step(&run, 1, WIRE_WRITE, X)->pc = 7;
        step(&run, 2, WIRE_WRITE, X)->pc = 8;
    }
    assert_int_equal(races_of(&run), 1);
    step(&run, 1, WIRE_WRITE, X)->pc = 9;
    assert_int_equal(races_of(&run), 2);
}

/* What a program wrote over its steps is not believed. */
static void nonsense_ends_the_run(void **state)
{
    (void)state;
    struct run run;
    begin(&run);
    step(&run, 1, WIRE_WRITE, X);
    step(&run, 2, WIRE_WRITE, X);
    assert_int_equal(races_of(&run), 1);
    run.steps[5].thread = 60000;
    assert_int_equal(races_of(&run), 0);
    run.steps[5].thread = 2;
    run.steps[5].op = 255;
    assert_int_equal(races_of(&run), 0);
    run.steps[5].op = WIRE_WRITE;
    run.steps[5].size = UINT32_MAX;
    run.steps[5].object = UINT64_MAX - 100;
    run.steps[0].object = UINT64_MAX;
    assert_int_equal(races_of(&run), 0);
    struct order *none = order_new(NULL, 0);
    assert_false(order_before(none, 0, 1));
    order_free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unordered_accesses_race),
        cmocka_unit_test(lives_order),
        cmocka_unit_test(synchronisation_orders),
        cmocka_unit_test(readers_do_not_order_each_other),
        cmocka_unit_test(a_wait_gives_and_takes_its_mutex),
        cmocka_unit_test(barriers_have_rounds),
        cmocka_unit_test(bytes_count),
        cmocka_unit_test(atomics_race_with_plain_accesses_alone),
        cmocka_unit_test(freed_memory_is_another_object),
        cmocka_unit_test(one_for_each_pair_of_places),
        cmocka_unit_test(nonsense_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
