#include "explore/runtime/strategy.h"

#include "explore/search/simulate_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { SEGMENTS = 4096, STEPS = 40000 };

static struct wire_block *new_block(void)
{
    struct wire_block *block = sim_block_new(SEGMENTS, 64, STEPS);
    block->plan.flags = WIRE_RECORD;
    block->plan.depth = 1;
    block->plan.length = 100;
    block->plan.point_limit = STEPS;
    return block;
}

/* The exact guide of the steps in the block, put into it. */
static void guide_by_steps(struct wire_block *block)
{
    const struct wire_step *steps = wire_steps(block);
    struct wire_segment *guide = wire_segments(block);
    uint32_t count = 0;
    for (uint32_t i = 0; i < block->outcome.steps; i++) {
        if (!count || guide[count - 1].thread != steps[i].thread)
            guide[count++] = (struct wire_segment){.thread = steps[i].thread};
        guide[count - 1].until = steps[i].own + 1;
        assert_true(count < SEGMENTS);
    }
    block->plan.segments = count;
}

/* A timed queue of one place, with threads that give way, sleep and make others: all that can make a run turn. */
static const struct sim_instruction busy_main[] = {
    {WIRE_CREATE, 1, 0, false}, {WIRE_CREATE, 2, 0, false}, {WIRE_CREATE, 1, 0, false},
    {WIRE_CREATE, 3, 0, false}, {WIRE_JOIN, 0, 0, false},   {WIRE_JOIN, 1, 0, false},
    {WIRE_JOIN, 2, 0, false},   {WIRE_JOIN, 3, 0, false},
};
static const struct sim_instruction busy_taker[] = {
    {WIRE_LOCK, 0, 0, false},  {WIRE_READ, 0, 0, false},   {SIM_UNLESS, 5, 0, false},
    {WIRE_WAIT, 0, 0, true},   {SIM_UNLESS, 1, 1, false},  {SIM_ADD, 0, -1, false},
    {WIRE_WRITE, 0, 0, false}, {WIRE_UNLOCK, 0, 0, false}, {WIRE_SLEEP, 0, 0, false},
    {WIRE_READ, 1, 0, false},  {SIM_ADD, 0, 1, false},     {WIRE_WRITE, 1, 0, false},
};
static const struct sim_instruction busy_giver[] = {
    {WIRE_LOCK, 0, 0, false},   {WIRE_READ, 0, 0, false},   {SIM_ADD, 0, 2, false},
    {WIRE_WRITE, 0, 0, false},  {WIRE_SIGNAL, 0, 0, false}, {WIRE_UNLOCK, 0, 0, false},
    {WIRE_YIELD, 0, 0, false},  {WIRE_LOCK, 0, 0, false},   {WIRE_BROADCAST, 0, 0, false},
    {WIRE_UNLOCK, 0, 0, false},
};
static const struct sim_instruction busy_maker[] = {
    {WIRE_CREATE, 2, 0, false},
    {WIRE_READ, 1, 0, false},
    {WIRE_YIELD, 0, 0, false},
    {WIRE_JOIN, 0, 0, false},
};
static const struct sim_body busy_bodies[] = {SIM_BODY(busy_main), SIM_BODY(busy_taker),
                                              SIM_BODY(busy_giver), SIM_BODY(busy_maker)};
static const struct sim_program busy = {busy_bodies, COUNT(busy_bodies)};

static void guide_replays_exactly(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    struct wire_block *again = new_block();
    static const enum wire_strategy strategies[] = {WIRE_RANDOM, WIRE_PCT,   WIRE_POS,
                                                    WIRE_FOCUS,  WIRE_TURNS, WIRE_WINDOWS};
    unsigned late = 0;
    unsigned set_back = 0;
    for (unsigned seed = 0; seed < 400; seed++) {
        block->plan.seed = seed;
        block->plan.segments = 0;
        block->plan.strategy = strategies[seed % COUNT(strategies)];
        block->plan.flags = WIRE_RECORD | (seed & 4 ? WIRE_SPURIOUS : 0);
        block->plan.depth = 3;
        block->plan.focus_count = 2;
        block->plan.focus[0] = 1;
        block->plan.focus[1] = 3;
        sim_run(&busy, block);
        memcpy(again, block, block->size);
        guide_by_steps(again);
        again->plan.strategy = WIRE_STAY;
        again->plan.seed = seed + 1000;
        sim_run(&busy, again);
        assert_int_equal(again->outcome.end, block->outcome.end);
        assert_int_equal(again->outcome.diverged, 0);
        assert_int_equal(again->outcome.steps, block->outcome.steps);
        for (uint32_t i = 0; i < block->outcome.steps; i++) {
            const struct wire_step *step = &wire_steps(block)[i];
            late += (step->flags & WIRE_LATE) != 0;
            set_back += (step->flags & WIRE_SET_BACK) != 0;
            assert_memory_equal(step, &wire_steps(again)[i], sizeof *step);
        }
    }
    assert_true(late > 20);
    assert_true(set_back > 20);
    free(block);
    free(again);
}

/* main makes a writer and a reader. */
static const struct sim_instruction two_main[] = {
    {WIRE_CREATE, 1, 0, false},
    {WIRE_CREATE, 2, 0, false},
    {WIRE_JOIN, 0, 0, false},
    {WIRE_JOIN, 1, 0, false},
};
static const struct sim_instruction two_writer[] = {
    {WIRE_READ, 5, 0, false},
    {SIM_SET, 0, 1, false},
    {WIRE_WRITE, 0, 0, false},
    {WIRE_READ, 5, 0, false},
};
static const struct sim_instruction two_reader[] = {
    {WIRE_READ, 6, 0, false},
    {WIRE_READ, 0, 0, false},
    {SIM_ASSERT, 0, 0, false},
    {WIRE_READ, 6, 0, false},
};
static const struct sim_body two_bodies[] = {SIM_BODY(two_main), SIM_BODY(two_writer),
                                             SIM_BODY(two_reader)};
static const struct sim_program two = {two_bodies, COUNT(two_bodies)};

static void set_guide(struct wire_block *block, const struct wire_segment *guide, uint32_t count)
{
    memcpy(wire_segments(block), guide, count * sizeof *guide);
    block->plan.segments = count;
}

static void guide_waits_for_its_thread(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    /* Thread 2 is not there at first: main goes on until it is, then all of 2 comes before 1 begins. */
    const struct wire_segment guide[] = {{2, WIRE_GO, 5}, {1, WIRE_GO, 1}};
    set_guide(block, guide, COUNT(guide));
    sim_run(&two, block);
    assert_int_equal(block->outcome.diverged, 0);
    const unsigned expected[] = {0, 0, 2, 2, 2, 2, 2, 1};
    for (unsigned i = 0; i < COUNT(expected); i++)
        assert_int_equal(wire_steps(block)[i].thread, expected[i]);
    /* One that has ended before its time is told, and left out. */
    const struct wire_segment ended[] = {
        {1, WIRE_GO, 5}, {2, WIRE_GO, 1}, {1, WIRE_GO, 9}, {2, WIRE_GO, 2}};
    set_guide(block, ended, COUNT(ended));
    sim_run(&two, block);
    assert_int_equal(block->outcome.diverged, 3);
    /* As is one that never comes. */
    const struct wire_segment missing[] = {{9, WIRE_GO, 1}};
    set_guide(block, missing, COUNT(missing));
    sim_run(&two, block);
    assert_int_equal(block->outcome.diverged, 1);
    free(block);
}

static void hold_keeps_a_thread_back(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    static const enum wire_strategy strategies[] = {WIRE_STAY, WIRE_RANDOM, WIRE_PCT, WIRE_POS};
    for (unsigned seed = 0; seed < 200; seed++) {
        block->plan.seed = seed;
        block->plan.strategy = strategies[seed % COUNT(strategies)];
        /* The writer's write (its third point) waits for the reader's read, or the other way round. */
        const struct wire_segment read_first[] = {{1, WIRE_HOLD, 2}, {2, WIRE_GO, 3}};
        set_guide(block, read_first, COUNT(read_first));
        sim_run(&two, block);
        assert_int_equal(block->outcome.end, WIRE_EXITED);
        assert_int_equal(block->outcome.diverged, 0);
        const struct wire_segment write_first[] = {{2, WIRE_HOLD, 2}, {1, WIRE_GO, 3}};
        set_guide(block, write_first, COUNT(write_first));
        sim_run(&two, block);
        assert_int_equal(block->outcome.end, WIRE_ASSERTED);
        /* What cannot be is given up: main makes the reader. */
        const struct wire_segment never[] = {{0, WIRE_HOLD, 1}, {2, WIRE_GO, 3}};
        set_guide(block, never, COUNT(never));
        sim_run(&two, block);
        assert_int_equal(block->outcome.diverged, 1);
        assert_true(block->outcome.steps > 8);
    }
    free(block);
}

/* The reader has to come at one place of the writer's: between 1 and 0. */
static const struct sim_instruction narrow_writer[] = {
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_READ, 5, 0, false},
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_READ, 5, 0, false},
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_READ, 5, 0, false},
    {WIRE_READ, 5, 0, false}, {SIM_SET, 0, 1, false},    {WIRE_WRITE, 0, 0, false},
    {SIM_SET, 0, 0, false},   {WIRE_WRITE, 0, 0, false}, {WIRE_READ, 5, 0, false},
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_READ, 5, 0, false},
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_READ, 5, 0, false},
};
static const struct sim_body narrow_bodies[] = {SIM_BODY(two_main), SIM_BODY(narrow_writer),
                                                SIM_BODY(two_reader)};
static const struct sim_program narrow = {narrow_bodies, COUNT(narrow_bodies)};

static unsigned failures(const struct sim_program *program, struct wire_block *block,
                         unsigned seeds)
{
    unsigned failed = 0;
    for (unsigned seed = 0; seed < seeds; seed++) {
        block->plan.seed = seed * 977 + 5;
        sim_run(program, block);
        failed += block->outcome.end == WIRE_ASSERTED;
    }
    return failed;
}

static void pct_keeps_its_bound(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_PCT;
    block->plan.depth = 2;
    block->plan.length = 25; /* decisions at most */
    unsigned seeds = 6000;
    unsigned threads = 3;
    assert_true(failures(&narrow, block, seeds) >= seeds / (threads * block->plan.length));
    assert_true(block->outcome.decisions <= block->plan.length);
    /* The same bug has depth 2, not 1. */
    block->plan.depth = 1;
    assert_int_equal(failures(&narrow, block, seeds), 0);
    free(block);
}

/* Four writes of one thread, and a single one of another's. */
static const struct sim_instruction four_writer[] = {
    {WIRE_WRITE, 0, 0, false},
    {WIRE_WRITE, 0, 0, false},
    {WIRE_WRITE, 0, 0, false},
    {WIRE_WRITE, 0, 0, false},
};
static const struct sim_instruction one_writer[] = {{WIRE_WRITE, 0, 0, false}};
static const struct sim_body four_bodies[] = {SIM_BODY(two_main), SIM_BODY(four_writer),
                                              SIM_BODY(one_writer)};
static const struct sim_program four = {four_bodies, COUNT(four_bodies)};

/* How many of the first thread's writes come before the second's. */
static unsigned writes_before(struct wire_block *block)
{
    unsigned before = 0;
    for (uint32_t i = 0; i < block->outcome.steps; i++) {
        const struct wire_step *step = &wire_steps(block)[i];
        if (step->op == WIRE_WRITE && step->thread == 2)
            return before;
        before += step->op == WIRE_WRITE;
    }
    return before;
}

static void pos_draws_anew_where_events_conflict(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_POS;
    /* Both wait at their first write: a new draw after each gives (1/2)^4, one draw for all 1/5. */
    const struct wire_segment guide[] = {{0, WIRE_GO, 2}, {1, WIRE_GO, 1}, {2, WIRE_GO, 1}};
    set_guide(block, guide, COUNT(guide));
    unsigned last = 0;
    unsigned seeds = 8000;
    for (unsigned seed = 0; seed < seeds; seed++) {
        block->plan.seed = seed;
        sim_run(&four, block);
        last += writes_before(block) == 4;
    }
    assert_in_range(last, seeds * 55 / 1000, seeds * 70 / 1000);
    free(block);
}

/* Two and three writes, with other steps before and between. */
static const struct sim_instruction uniform_two[] = {
    {WIRE_READ, 5, 0, false},  {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},
    {WIRE_WRITE, 0, 0, false}, {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},
    {WIRE_WRITE, 0, 0, false},
};
static const struct sim_instruction uniform_three[] = {
    {WIRE_WRITE, 0, 0, false}, {WIRE_READ, 6, 0, false}, {WIRE_WRITE, 0, 0, false},
    {WIRE_WRITE, 0, 0, false}, {WIRE_READ, 6, 0, false},
};
static const struct sim_body uniform_bodies[] = {SIM_BODY(two_main), SIM_BODY(uniform_two),
                                                 SIM_BODY(uniform_three)};
static const struct sim_program uniform = {uniform_bodies, COUNT(uniform_bodies)};

static double chi_square(struct wire_block *block, unsigned seeds)
{
    unsigned counts[32] = {0};
    for (unsigned seed = 0; seed < seeds; seed++) {
        block->plan.seed = seed;
        sim_run(&uniform, block);
        unsigned order = 0;
        for (uint32_t i = 0; i < block->outcome.steps; i++) {
            const struct wire_step *step = &wire_steps(block)[i];
            if (step->op == WIRE_WRITE)
                order = order * 2 + (step->thread == 2);
        }
        counts[order]++;
    }
    double sum = 0;
    double expected = seeds / 10.0;
    for (unsigned order = 0; order < 32; order++)
        if (__builtin_popcount(order) == 3)
            sum += (counts[order] - expected) * (counts[order] - expected) / expected;
    return sum;
}

static void surw_is_uniform(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_SURW;
    block->plan.interest_from = SIM_WORD(0);
    block->plan.interest_to = SIM_WORD(1);
    block->plan.weight[0] = 5;
    block->plan.weight[1] = 2;
    block->plan.weight[2] = 3;
    /* 10 orders, 9 degrees of freedom: above 27.9 by chance once in a thousand. */
    assert_true(chi_square(block, 5000) < 27.9);
    block->plan.strategy = WIRE_RANDOM;
    assert_true(chi_square(block, 5000) > 1000);
    free(block);
}

/* 100 threads, two of which add to one word without a lock. */
static struct sim_body hundred_bodies[101];
static struct sim_instruction hundred_main[202];
static const struct sim_instruction hundred_other[] = {
    {WIRE_LOCK, 1, 0, false},  {WIRE_READ, 1, 0, false},   {SIM_ADD, 0, 1, false},
    {WIRE_WRITE, 1, 0, false}, {WIRE_UNLOCK, 1, 0, false},
};
static const struct sim_instruction hundred_adder[] = {
    {WIRE_LOCK, 1, 0, false}, {WIRE_UNLOCK, 1, 0, false}, {WIRE_READ, 0, 0, false},
    {SIM_ADD, 0, 1, false},   {WIRE_WRITE, 0, 0, false},
};

static void focus_finds_two_of_a_hundred(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        hundred_main[i] = (struct sim_instruction){.op = WIRE_CREATE, .object = i + 1};
        hundred_main[100 + i] = (struct sim_instruction){.op = WIRE_JOIN, .object = i};
        hundred_bodies[i + 1] = (struct sim_body)SIM_BODY(hundred_other);
    }
    hundred_main[200] = (struct sim_instruction){.op = WIRE_READ};
    hundred_main[201] = (struct sim_instruction){.op = SIM_ASSERT, .value = 2};
    hundred_bodies[0] = (struct sim_body){hundred_main, COUNT(hundred_main)};
    hundred_bodies[34] = hundred_bodies[67] = (struct sim_body)SIM_BODY(hundred_adder);
    const struct sim_program hundred = {hundred_bodies, COUNT(hundred_bodies)};
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_FOCUS;
    block->plan.depth = 2;
    block->plan.length = 12;
    block->plan.focus_count = 2;
    block->plan.focus[0] = 34;
    block->plan.focus[1] = 67;
    assert_true(failures(&hundred, block, 100) >= 10);
    /* The two are held back until both are there, and go before any other. */
    bool others = false;
    unsigned steps = 0;
    for (uint32_t i = 0; i < block->outcome.steps; i++) {
        uint16_t thread = wire_steps(block)[i].thread;
        bool in_focus = thread == 34 || thread == 67;
        others = others || (thread != 0 && !in_focus);
        steps += in_focus;
        assert_false(in_focus && others);
        assert_true(!in_focus || i >= 67);
    }
    assert_int_equal(steps, 2 * 6);
    free(block);
}

/* Each thread reads a word that is its own, and adds to one that it shares with others, six times. */
static struct sim_instruction turns_code[6 * 4];
static struct sim_body turns_bodies[4];
static struct sim_instruction turns_main[6];

static struct sim_program make_turns(unsigned threads)
{
    for (unsigned i = 0; i < 6; i++) {
        turns_code[(size_t)4 * i] = (struct sim_instruction){.op = WIRE_READ, .object = 9};
        turns_code[(size_t)4 * i + 1] = (struct sim_instruction){.op = WIRE_READ, .object = 0};
        turns_code[(size_t)4 * i + 2] = (struct sim_instruction){.op = SIM_ADD, .value = 1};
        turns_code[(size_t)4 * i + 3] = (struct sim_instruction){.op = WIRE_WRITE, .object = 0};
    }
    for (unsigned i = 0; i < threads; i++) {
        turns_main[i] = (struct sim_instruction){.op = WIRE_CREATE, .object = i + 1};
        turns_main[threads + i] = (struct sim_instruction){.op = WIRE_JOIN, .object = i};
        turns_bodies[i + 1] = (struct sim_body)SIM_BODY(turns_code);
    }
    turns_bodies[0] = (struct sim_body){turns_main, (size_t)2 * threads};
    return (struct sim_program){turns_bodies, threads + 1};
}

/* The threads of the steps of this kind on the shared word, "112211..."; all where `op` is WIRE_NONE. */
static const char *order_of(const struct wire_block *block, enum wire_op op)
{
    static char order[64];
    size_t count = 0;
    for (uint32_t i = 0; i < block->outcome.steps; i++) {
        const struct wire_step *step = &wire_steps((struct wire_block *)block)[i];
        bool wanted = op == WIRE_NONE ? step->op == WIRE_READ || step->op == WIRE_WRITE
                                      : step->op == op && step->object == SIM_WORD(0);
        if (wanted && count < sizeof order - 1)
            order[count++] = (char)('0' + step->thread);
    }
    order[count] = '\0';
    return order;
}

static void turns_are_strict(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    struct sim_program program = make_turns(2);
    block->plan.strategy = WIRE_TURNS;
    block->plan.unit = WIRE_BY_CHANGES;
    block->plan.quantum = 1;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "121212121212");
    /* Right behind a write the other begins to read. */
    assert_string_equal(order_of(block, WIRE_NONE), "111222111222111222111222111222111222");
    /* Late: only the write itself waits, with what was read before. */
    block->plan.late = 1;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "121212121212");
    assert_memory_equal(order_of(block, WIRE_NONE), "11111222221112", 14);
    block->plan.late = 0;
    block->plan.quantum = 2;
    block->plan.reversed = 1;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "221122112211");
    block->plan.first = 1;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "211221122112");
    block->plan.reversed = 0;
    block->plan.first = 0;
    block->plan.weight[2] = 1;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "112112112222");
    block->plan.weight[2] = 0;
    block->plan.unit = WIRE_BY_STEPS;
    sim_run(&program, block);
    assert_memory_equal(order_of(block, WIRE_NONE), "1122112211221122", 16);
    /* By one object alone: the reads of the other do not count. */
    block->plan.interest_from = SIM_WORD(0);
    block->plan.interest_to = SIM_WORD(1);
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_NONE), "111222111222111222111222111222111222");
    free(block);
}

static void turns_are_of_the_focus(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    struct sim_program program = make_turns(3);
    block->plan.strategy = WIRE_TURNS;
    block->plan.unit = WIRE_BY_CHANGES;
    block->plan.quantum = 3;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "111222333111222333");
    block->plan.focus_count = 2;
    block->plan.focus[0] = 1;
    block->plan.focus[1] = 3;
    sim_run(&program, block);
    assert_string_equal(order_of(block, WIRE_WRITE), "111333111333222222");
    free(block);
}

/* A lock is held behind the write: the turn goes to who waits for it, and back. */
static void turns_pass_who_is_blocked(void **state)
{
    (void)state;
    static const struct sim_instruction locked[] = {
        {WIRE_LOCK, 0, 0, false}, {WIRE_WRITE, 0, 0, false}, {WIRE_UNLOCK, 0, 0, false},
        {WIRE_LOCK, 0, 0, false}, {WIRE_WRITE, 0, 0, false}, {WIRE_UNLOCK, 0, 0, false},
    };
    static const struct sim_body bodies[] = {SIM_BODY(two_main), SIM_BODY(locked),
                                             SIM_BODY(locked)};
    static const struct sim_program program = {bodies, COUNT(bodies)};
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_TURNS;
    block->plan.unit = WIRE_BY_CHANGES;
    block->plan.quantum = 1;
    sim_run(&program, block);
    assert_int_equal(block->outcome.end, WIRE_EXITED);
    assert_string_equal(order_of(block, WIRE_WRITE), "1212");
    free(block);
}

/* A value that comes back: one looks at word 0 and then adds, the other takes it away and puts it back. */
static const struct sim_instruction back_looker[] = {
    {WIRE_READ, 5, 0, false}, {WIRE_ATOMIC_LOAD, 0, 0, false},   {WIRE_READ, 1, 0, false},
    {SIM_SWAP, 0, 0, false},  {WIRE_ATOMIC_UPDATE, 0, 0, false}, {SIM_UNLESS, 9, 0, false},
    {WIRE_READ, 1, 0, false}, {SIM_ASSERT, 0, 0, false},         {WIRE_READ, 5, 0, false},
    {WIRE_READ, 5, 0, false},
};
static const struct sim_instruction back_changer[] = {
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_ATOMIC_UPDATE, 0, 7, false},
    {SIM_SET, 0, 1, false},   {WIRE_WRITE, 1, 0, false}, {WIRE_ATOMIC_UPDATE, 0, -7, false},
    {WIRE_READ, 5, 0, false}, {WIRE_READ, 5, 0, false},  {WIRE_ATOMIC_UPDATE, 0, 7, false},
    {WIRE_READ, 5, 0, false},
};
static const struct sim_body back_bodies[] = {SIM_BODY(two_main), SIM_BODY(back_looker),
                                              SIM_BODY(back_changer)};
static const struct sim_program back = {back_bodies, COUNT(back_bodies)};

static void windows_let_others_complete(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_WINDOWS;
    unsigned held[4] = {0};
    for (unsigned seed = 0; seed < 300; seed++) {
        block->plan.seed = seed;
        sim_run(&back, block);
        /* How many updates of the other's come between the look and the update. */
        unsigned between = 0;
        bool looked = false;
        for (uint32_t i = 0; i < block->outcome.steps; i++) {
            const struct wire_step *step = &wire_steps(block)[i];
            looked = looked || (step->thread == 1 && step->op == WIRE_ATOMIC_LOAD);
            if (step->op != WIRE_ATOMIC_UPDATE)
                continue;
            if (step->thread == 1)
                break;
            between += looked;
        }
        held[between]++;
        assert_in_range(block->outcome.preemptions, 0, 8);
    }
    for (unsigned i = 1; i < COUNT(held); i++)
        assert_in_range(held[i], 10, 100);
    free(block);
}

static const struct sim_instruction late_waiter[] = {
    {WIRE_LOCK, 0, 0, false},
    {WIRE_WAIT, 0, 0, true},
    {WIRE_UNLOCK, 0, 0, false},
    {SIM_ASSERT, 0, 0, false},
};
static const struct sim_instruction late_signaller[] = {
    {WIRE_READ, 1, 0, false}, {WIRE_READ, 1, 0, false},   {WIRE_READ, 1, 0, false},
    {WIRE_READ, 1, 0, false}, {WIRE_SIGNAL, 0, 0, false}, {WIRE_SIGNAL, 0, 0, false},
};
static const struct sim_instruction late_main[] = {
    {WIRE_CREATE, 1, 0, false},
    {WIRE_READ, 2, 0, false},
    {WIRE_CREATE, 2, 0, false},
    {WIRE_JOIN, 0, 0, false},
};
static const struct sim_body late_bodies[] = {SIM_BODY(late_main), SIM_BODY(late_waiter),
                                              SIM_BODY(late_signaller)};
static const struct sim_program late_program = {late_bodies, COUNT(late_bodies)};

/* A guide brings the waiter into its wait before the signaller is made. */
static void time_limits_pass_early_rarely_but_do(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    const struct wire_segment guide[] = {{0, WIRE_GO, 1}, {1, WIRE_GO, 3}, {0, WIRE_GO, 3}};
    static const enum wire_strategy strategies[] = {WIRE_RANDOM, WIRE_PCT, WIRE_POS};
    for (unsigned i = 0; i < COUNT(strategies); i++) {
        block->plan.strategy = strategies[i];
        set_guide(block, guide, COUNT(guide));
        unsigned failed = failures(&late_program, block, 2000);
        assert_in_range(failed, 20, 400);
    }
    block->plan.strategy = WIRE_STAY;
    assert_int_equal(failures(&late_program, block, 100), 0);
    free(block);
}

/* One spins without giving way until the other has written. */
static const struct sim_instruction spin_reader[] = {
    {WIRE_READ, 0, 0, false},
    {SIM_UNLESS, 0, 1, false},
};
static const struct sim_instruction spin_writer[] = {
    {WIRE_READ, 5, 0, false},
    {SIM_SET, 0, 1, false},
    {WIRE_WRITE, 0, 0, false},
};
static const struct sim_body spin_bodies[] = {SIM_BODY(two_main), SIM_BODY(spin_reader),
                                              SIM_BODY(spin_writer)};
static const struct sim_program spin = {spin_bodies, COUNT(spin_bodies)};

static void nobody_is_starved_for_ever(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    static const enum wire_strategy strategies[] = {WIRE_PCT,   WIRE_POS,   WIRE_SURW,
                                                    WIRE_FOCUS, WIRE_TURNS, WIRE_WINDOWS};
    block->plan.focus_count = 1;
    block->plan.focus[0] = 1;
    for (unsigned seed = 0; seed < 100; seed++) {
        block->plan.seed = seed;
        block->plan.strategy = strategies[seed % COUNT(strategies)];
        sim_run(&spin, block);
        assert_int_equal(block->outcome.end, WIRE_EXITED);
    }
    free(block);
}

/* Of two that give way to each other, neither goes on alone. */
static void who_gives_way_goes_last(void **state)
{
    (void)state;
    static const struct sim_instruction polite[] = {
        {WIRE_YIELD, 0, 0, false}, {WIRE_READ, 0, 0, false}, {SIM_UNLESS, 0, 1, false}};
    static const struct sim_body bodies[] = {SIM_BODY(two_main), SIM_BODY(polite),
                                             SIM_BODY(spin_writer)};
    static const struct sim_program program = {bodies, COUNT(bodies)};
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_PCT;
    for (unsigned seed = 0; seed < 100; seed++) {
        block->plan.seed = seed;
        sim_run(&program, block);
        assert_int_equal(block->outcome.end, WIRE_EXITED);
        assert_true(block->outcome.points < 40);
    }
    free(block);
}

/* At a filtered access nothing is decided. */
static void filtered_accesses_are_passed(void **state)
{
    (void)state;
    struct wire_block *block = new_block();
    block->plan.strategy = WIRE_RANDOM;
    block->plan.flags |= WIRE_FILTERED;
    wire_filter(block)[0] = SIM_PC(1, 11);
    block->plan.filter = 1;
    bool preempted_there = false;
    for (unsigned seed = 0; seed < 200; seed++) {
        block->plan.seed = seed;
        sim_run(&narrow, block);
        for (uint32_t i = 1; i < block->outcome.steps; i++) {
            const struct wire_step *step = &wire_steps(block)[i];
            const struct wire_step *before = &wire_steps(block)[i - 1];
            if (step->op != WIRE_READ && step->op != WIRE_WRITE)
                continue;
            if (step->thread == 1 && step->pc == SIM_PC(1, 11))
                preempted_there = preempted_there || before->thread != 1;
            else if (before->op != WIRE_START || before->thread == step->thread)
                assert_int_equal(before->thread, step->thread);
        }
    }
    assert_true(preempted_there);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guide_replays_exactly),
        cmocka_unit_test(guide_waits_for_its_thread),
        cmocka_unit_test(hold_keeps_a_thread_back),
        cmocka_unit_test(pct_keeps_its_bound),
        cmocka_unit_test(pos_draws_anew_where_events_conflict),
        cmocka_unit_test(surw_is_uniform),
        cmocka_unit_test(focus_finds_two_of_a_hundred),
        cmocka_unit_test(turns_are_strict),
        cmocka_unit_test(turns_are_of_the_focus),
        cmocka_unit_test(turns_pass_who_is_blocked),
        cmocka_unit_test(windows_let_others_complete),
        cmocka_unit_test(time_limits_pass_early_rarely_but_do),
        cmocka_unit_test(nobody_is_starved_for_ever),
        cmocka_unit_test(who_gives_way_goes_last),
        cmocka_unit_test(filtered_accesses_are_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
