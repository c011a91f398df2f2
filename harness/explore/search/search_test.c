#include "explore/search/search.h"

#include "explore/search/simulate_test_support.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { SEGMENTS = 4096, FILTER = 256, STEPS = 40000, WORKERS = 12 };

/* A program that is built piece by piece. */
struct build {
    struct sim_instruction code[WORKERS + 1][64];
    struct sim_body bodies[WORKERS + 1];
    struct sim_program program;
};

static void put(struct build *build, unsigned body, int op, unsigned object, int value)
{
    size_t *count = &build->bodies[body].count;
    assert_true(*count < COUNT(build->code[0]));
    build->code[body][(*count)++] =
        (struct sim_instruction){.op = op, .object = object, .value = value};
}

static void add_one(struct build *build, unsigned body, unsigned word)
{
    put(build, body, WIRE_READ, word, 0);
    put(build, body, SIM_ADD, 0, 1);
    put(build, body, WIRE_WRITE, word, 0);
}

static void add_one_locked(struct build *build, unsigned body, unsigned word, unsigned mutex)
{
    put(build, body, WIRE_LOCK, mutex, 0);
    add_one(build, body, word);
    put(build, body, WIRE_UNLOCK, mutex, 0);
}

/* main: makes one thread of each other body, and waits for them. */
static void finish(struct build *build, unsigned workers)
{
    for (unsigned i = 1; i <= workers; i++)
        put(build, 0, WIRE_CREATE, i, 0);
    for (unsigned i = 0; i < workers; i++)
        put(build, 0, WIRE_JOIN, i, 0);
    for (unsigned i = 0; i <= workers; i++)
        build->bodies[i].code = build->code[i];
    build->program = (struct sim_program){build->bodies, workers + 1};
}

/* Each adds to a word of its own, to one under a lock, and the last two to one without. */
static void make_lost_update(struct build *build, unsigned workers, bool locked)
{
    *build = (struct build){.program = {NULL, 0}};
    for (unsigned i = 1; i <= workers; i++) {
        add_one(build, i, 10 + i);
        add_one_locked(build, i, 1, 1);
        if (i + 2 > workers && locked)
            add_one_locked(build, i, 0, 1);
        else if (i + 2 > workers)
            add_one(build, i, 0);
        add_one(build, i, 10 + i);
    }
    finish(build, workers);
    put(build, 0, WIRE_READ, 0, 0);
    put(build, 0, SIM_ASSERT, 0, 2);
}

static void make_philosophers(struct build *build, unsigned count)
{
    *build = (struct build){.program = {NULL, 0}};
    for (unsigned i = 1; i <= count; i++) {
        add_one(build, i, i);
        put(build, i, WIRE_LOCK, i - 1, 0);
        add_one(build, i, i);
        put(build, i, WIRE_LOCK, i % count, 0);
        put(build, i, WIRE_UNLOCK, i % count, 0);
        put(build, i, WIRE_UNLOCK, i - 1, 0);
    }
    finish(build, count);
}

/* Two critical sections where one was needed: what the first saw does not hold in the second. */
static void make_two_sections(struct build *build)
{
    *build = (struct build){.program = {NULL, 0}};
    for (int i = 0; i < 4; i++)
        add_one_locked(build, 1, 5, 2);
    put(build, 1, WIRE_LOCK, 0, 0);
    put(build, 1, WIRE_READ, 0, 0);
    put(build, 1, WIRE_UNLOCK, 0, 0);
    put(build, 1, SIM_ADD, 0, 1);
    put(build, 1, WIRE_LOCK, 0, 0);
    put(build, 1, WIRE_WRITE, 0, 0);
    put(build, 1, WIRE_UNLOCK, 0, 0);
    for (int i = 0; i < 4; i++)
        add_one_locked(build, 2, 5, 2);
    add_one_locked(build, 2, 0, 0);
    finish(build, 2);
    put(build, 0, WIRE_READ, 0, 0);
    put(build, 0, SIM_ASSERT, 0, 2);
}

/* Three places of one thread's have to fall between three places of the other's. */
static void make_chain(struct build *build)
{
    *build = (struct build){.program = {NULL, 0}};
    for (unsigned i = 0; i < 3; i++) {
        add_one(build, 1, 20);
        put(build, 1, SIM_SET, 0, 1);
        put(build, 1, WIRE_WRITE, i, 0);
        put(build, 1, SIM_SET, 0, 0);
        put(build, 1, WIRE_WRITE, i, 0);
        add_one(build, 2, 21);
        put(build, 2, WIRE_READ, i, 0);
        put(build, 2, SIM_UNLESS, 18, 1);
    }
    put(build, 2, SIM_ASSERT, 0, -1);
    assert_int_equal(build->bodies[2].count, 3 * 5 + 1);
    for (unsigned i = 0; i < 3; i++)
        build->code[2][i * 5 + 4].object = 16;
    finish(build, 2);
}

/* Loops of updates and additions under a lock, in which nothing fails. */
static void make_updates(struct build *build, unsigned workers)
{
    *build = (struct build){.program = {NULL, 0}};
    for (unsigned i = 1; i <= workers; i++)
        for (unsigned round = 0; round < 4; round++) {
            put(build, i, WIRE_ATOMIC_UPDATE, 3, 1);
            add_one_locked(build, i, 1, 1);
        }
    finish(build, workers);
}

/* Two threads by turns, `rounds` times each: each adds what the other has to its own. */
static void make_alternation(struct build *build, unsigned rounds)
{
    *build = (struct build){.program = {NULL, 0}};
    for (unsigned round = 0; round < rounds; round++)
        for (unsigned i = 1; i <= 2; i++) {
            put(build, i, WIRE_READ, 2 - i, 0);
            put(build, i, SIM_ADD, 0, 1);
            put(build, i, WIRE_WRITE, i - 1, 0);
        }
    finish(build, 2);
    put(build, 0, WIRE_READ, 1, 0);
    put(build, 0, SIM_UNLESS, 8, (int)(2 * rounds));
    put(build, 0, SIM_ASSERT, 0, -1);
    put(build, 0, WIRE_YIELD, 0, 0);
}

static bool is_failure(const struct wire_block *block)
{
    return block->outcome.end == WIRE_ASSERTED || block->outcome.end == WIRE_DEADLOCK;
}

/* The number of the first run that fails, from 1; 0: none did. `how`: what found it. */
static size_t first_failure(const struct build *build, const struct search_options *options,
                            size_t budget, const char **how)
{
    struct search *search = search_new(options);
    struct wire_block *block = sim_block_new(SEGMENTS, FILTER, STEPS);
    size_t runs = 0;
    size_t found = 0;
    size_t count;
    while (!found && runs < budget && (count = search_round(search)) > 0)
        for (size_t i = 0; i < count && !found; i++) {
            assert_int_equal(search_plan(search, i, block), 0);
            sim_run(&build->program, block);
            runs++;
            if (is_failure(block)) {
                found = runs;
                *how = search_strategy(search, i);
            }
            search_learn(search, i, block);
        }
    search_free(search);
    free(block);
    return found;
}

static void mix_finds_what_there_is(void **state)
{
    (void)state;
    static struct build build;
    const char *how = NULL;
    for (unsigned seed = 0; seed < 5; seed++) {
        struct search_options options = {.seed = seed, .kind = SEARCH_MIX, .bound = 2};
        make_lost_update(&build, 2, false);
        assert_in_range(first_failure(&build, &options, 100, &how), 1, 20);
        make_lost_update(&build, WORKERS, false);
        assert_in_range(first_failure(&build, &options, 100, &how), 1, 20);
        make_two_sections(&build);
        assert_in_range(first_failure(&build, &options, 200, &how), 1, 60);
        make_chain(&build);
        assert_in_range(first_failure(&build, &options, 1000, &how), 1, 600);
    }
}

/* Eight threads, each of which must have its first lock: no random choice comes upon that so soon. */
static void cycles_of_locks_are_closed(void **state)
{
    (void)state;
    static struct build build;
    make_philosophers(&build, 8);
    unsigned by_cycle = 0;
    for (unsigned seed = 0; seed < 10; seed++) {
        const char *how = NULL;
        struct search_options options = {.seed = seed, .kind = SEARCH_MIX, .bound = 2};
        assert_in_range(first_failure(&build, &options, 100, &how), 1, 20);
        by_cycle += strcmp(how, "deadlock") == 0;
    }
    assert_true(by_cycle >= 5);
}

static void nothing_is_found_where_nothing_is(void **state)
{
    (void)state;
    static struct build build;
    const char *how;
    make_lost_update(&build, 4, true);
    struct search_options options = {.seed = 1, .kind = SEARCH_MIX, .bound = 1};
    assert_int_equal(first_failure(&build, &options, 400, &how), 0);
}

static void every_source_has_its_turn(void **state)
{
    (void)state;
    static const char *const names[] = {"random",   "pct 2", "pct 3",  "pct 5", "pos",
                                        "surw",     "focus", "order",  "trail", "atomicity",
                                        "in order", "turns", "windows"};
    size_t counts[COUNT(names)] = {0};
    static struct build build;
    make_updates(&build, 4);
    struct search_options options = {.seed = 1, .kind = SEARCH_MIX, .bound = 2};
    struct search *search = search_new(&options);
    struct wire_block *block = sim_block_new(SEGMENTS, FILTER, STEPS);
    for (int round = 0; round < 10; round++) {
        size_t count = search_round(search);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(search_plan(search, i, block), 0);
            size_t name = 0;
            while (name < COUNT(names) && strcmp(names[name], search_strategy(search, i)) != 0)
                name++;
            assert_true(name < COUNT(names));
            counts[name]++;
            sim_run(&build.program, block);
            search_learn(search, i, block);
        }
    }
    for (size_t i = 0; i < COUNT(names); i++)
        assert_true(counts[i] >= 5);
    search_free(search);
    free(block);
}

/* Each value is one above the other's last: strictly by turns alone do they come to the most. */
static void alternations_are_found(void **state)
{
    (void)state;
    static struct build build;
    make_alternation(&build, 12);
    for (unsigned seed = 0; seed < 5; seed++) {
        const char *how = NULL;
        struct search_options options = {.seed = seed, .kind = SEARCH_MIX, .bound = 1};
        assert_in_range(first_failure(&build, &options, 200, &how), 1, 30);
        assert_string_equal(how, "turns");
        options = (struct search_options){
            .seed = seed, .kind = SEARCH_ONE, .strategy = WIRE_TURNS, .bound = 1};
        assert_in_range(first_failure(&build, &options, 200, &how), 1, 10);
    }
}

/* Eleven alike and one other: most are pairs of both kinds, and main, which shares nothing, is in none. */
static void focus_is_on_different_functions(void **state)
{
    (void)state;
    static struct build build;
    make_lost_update(&build, 2, true);
    struct sim_body bodies[WORKERS + 1];
    struct sim_instruction code[2 * WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        code[i] = (struct sim_instruction){.op = WIRE_CREATE, .object = i == 7 ? 2 : 1};
        code[WORKERS + i] = (struct sim_instruction){.op = WIRE_JOIN, .object = i};
    }
    bodies[0] = (struct sim_body)SIM_BODY(code);
    bodies[1] = build.bodies[1];
    bodies[2] = build.bodies[2];
    const struct sim_program program = {bodies, 3};
    struct search_options options = {.seed = 4, .kind = SEARCH_ONE, .strategy = WIRE_FOCUS};
    struct search *search = search_new(&options);
    struct wire_block *block = sim_block_new(SEGMENTS, FILTER, STEPS);
    unsigned plans = 0;
    unsigned mixed = 0;
    for (int round = 0; round < 8; round++) {
        size_t count = search_round(search);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(search_plan(search, i, block), 0);
            bool other = false;
            for (unsigned f = 0; round > 0 && f < block->plan.focus_count; f++) {
                assert_int_not_equal(block->plan.focus[f], 0);
                other = other || block->plan.focus[f] == 8;
            }
            plans += round > 0;
            mixed += other;
            sim_run(&program, block);
            search_learn(search, i, block);
        }
    }
    assert_true(plans > 100);
    assert_true(mixed * 4 > plans * 3);
    search_free(search);
    free(block);
}

/* All that a plan is, in one piece. */
static uint64_t digest(const struct wire_block *source)
{
    struct wire_block *block = (struct wire_block *)source;
    uint64_t hash = 14695981039346656037u;
    const struct {
        const void *data;
        size_t size;
    } parts[] = {
        {&block->plan, sizeof block->plan},
        {wire_segments(block), block->plan.segments * sizeof(struct wire_segment)},
        {wire_filter(block), block->plan.filter * sizeof(uint64_t)},
    };
    for (size_t p = 0; p < COUNT(parts); p++)
        for (size_t i = 0; i < parts[p].size; i++)
            hash = (hash ^ ((const unsigned char *)parts[p].data)[i]) * 1099511628211u;
    return hash;
}

/* The plans of the first runs, made and run by `jobs` at a time, the last of them first. */
static void plans_of(const struct build *build, size_t jobs, uint64_t *plans, size_t budget)
{
    struct search_options options = {.seed = 7, .kind = SEARCH_MIX, .bound = 2};
    struct search *search = search_new(&options);
    struct wire_block *blocks[40];
    for (size_t i = 0; i < COUNT(blocks); i++)
        blocks[i] = sim_block_new(SEGMENTS, FILTER, STEPS);
    size_t runs = 0;
    size_t count;
    while (runs < budget && (count = search_round(search)) > 0) {
        assert_true(count <= COUNT(blocks));
        for (size_t i = 0; i < count; i += jobs)
            for (size_t j = i + jobs < count ? i + jobs : count; j-- > i;) {
                assert_int_equal(search_plan(search, j, blocks[j]), 0);
                if (runs + j < budget)
                    plans[runs + j] = digest(blocks[j]);
                sim_run(&build->program, blocks[j]);
            }
        for (size_t i = 0; i < count; i++)
            search_learn(search, i, blocks[i]);
        runs += count;
    }
    for (size_t i = 0; i < COUNT(blocks); i++)
        free(blocks[i]);
    search_free(search);
}

static void jobs_change_nothing(void **state)
{
    (void)state;
    static struct build build;
    enum { RUNS = 300 };
    static uint64_t one[RUNS];
    static uint64_t many[RUNS];
    make_lost_update(&build, 5, true);
    plans_of(&build, 1, one, RUNS);
    plans_of(&build, 7, many, RUNS);
    assert_memory_equal(one, many, sizeof one);
    plans_of(&build, 40, many, RUNS);
    assert_memory_equal(one, many, sizeof one);
    size_t same = 0;
    for (size_t i = 1; i < RUNS; i++)
        same += one[i] == one[i - 1];
    assert_int_equal(same, 0);
}

/* Words 11 to 15 are each one thread's own: no place that touches them is worth a decision. */
static void filter_has_the_shared_places_alone(void **state)
{
    (void)state;
    static struct build build;
    make_lost_update(&build, 5, false);
    struct search_options options = {.seed = 3, .kind = SEARCH_MIX, .bound = 1};
    struct search *search = search_new(&options);
    struct wire_block *block = sim_block_new(SEGMENTS, FILTER, STEPS);
    size_t filtered = 0;
    size_t unfiltered = 0;
    for (int round = 0; round < 6; round++) {
        size_t count = search_round(search);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(search_plan(search, i, block), 0);
            bool is_filtered = (block->plan.flags & WIRE_FILTERED) != 0;
            filtered += is_filtered;
            unfiltered += !is_filtered;
            for (uint32_t f = 0; is_filtered && f < block->plan.filter; f++) {
                uint64_t pc = wire_filter(block)[f];
                assert_true(f == 0 || pc > wire_filter(block)[f - 1]);
                /* The first and the last addition of each worker, three instructions each. */
                for (unsigned body = 1; body <= 5; body++) {
                    assert_true(pc < SIM_PC(body, 0) || pc > SIM_PC(body, 2));
                    size_t last = build.bodies[body].count - 3;
                    assert_true(pc < SIM_PC(body, last) || pc > SIM_PC(body, last + 2));
                }
            }
            if (is_filtered && round > 3)
                assert_true(block->plan.filter >= 10);
            sim_run(&build.program, block);
            search_learn(search, i, block);
        }
    }
    assert_true(filtered > 50 && unfiltered > 8);
    /* A block without room for it is refused; a guide without room is left out. */
    struct wire_block *small = sim_block_new(1, 0, STEPS);
    size_t refused = 0;
    size_t count = search_round(search);
    for (size_t i = 0; i < count; i++) {
        int result = search_plan(search, i, small);
        assert_true(result == 0 || result == -ENOSPC);
        assert_true(result != 0 || small->plan.segments <= 1);
        if (small->plan.flags & WIRE_FILTERED) {
            assert_int_equal(result, -ENOSPC);
            refused++;
        }
    }
    assert_true(refused > 0);
    free(small);
    free(block);
    search_free(search);
}

static void one_strategy_is_that_alone(void **state)
{
    (void)state;
    static struct build build;
    make_lost_update(&build, 5, true);
    struct wire_block *block = sim_block_new(SEGMENTS, FILTER, STEPS);
    for (unsigned strategy = WIRE_RANDOM; strategy < WIRE_STRATEGY_COUNT; strategy++) {
        struct search_options options = {
            .seed = 3, .kind = SEARCH_ONE, .strategy = strategy, .depth = 4};
        struct search *search = search_new(&options);
        uint64_t seed = 0;
        for (int round = 0; round < 5; round++) {
            size_t count = search_round(search);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(search_plan(search, i, block), 0);
                assert_int_equal(block->plan.strategy, strategy);
                assert_int_equal(block->plan.segments, 0);
                assert_int_equal(block->plan.flags, WIRE_RECORD);
                assert_true(block->plan.seed != seed);
                seed = block->plan.seed;
                if (strategy == WIRE_PCT)
                    assert_string_equal(search_strategy(search, i), "pct 4");
                else
                    assert_string_equal(search_strategy(search, i), wire_strategy_word(strategy));
                if (strategy == WIRE_SURW && round > 1) {
                    assert_true(block->plan.interest_from < block->plan.interest_to);
                    assert_true(block->plan.weight[0] >= block->plan.weight[1]);
                }
                if (strategy == WIRE_FOCUS && round > 1)
                    assert_true(block->plan.focus_count >= 2);
                if (strategy == WIRE_PCT && round > 1)
                    assert_in_range(block->plan.length, 20, 200);
                sim_run(&build.program, block);
                search_learn(search, i, block);
            }
        }
        assert_int_equal(search_exhausted(search).bound, -1);
        search_free(search);
    }
    free(block);
}

/* Two threads with two steps each: all schedules are soon run, in order and in the mix. */
static void small_programs_are_exhausted(void **state)
{
    (void)state;
    static struct build build;
    build = (struct build){.program = {NULL, 0}};
    for (unsigned i = 1; i <= 2; i++)
        add_one_locked(&build, i, 0, 0);
    finish(&build, 2);
    static const enum search_kind kinds[] = {SEARCH_MIX, SEARCH_BOUNDED};
    struct wire_block *block = sim_block_new(SEGMENTS, FILTER, STEPS);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct search_options options = {.seed = 1, .kind = kinds[k], .bound = 10};
        struct search *search = search_new(&options);
        size_t runs = 0;
        size_t count;
        while (runs < 5000 && (count = search_round(search)) > 0)
            for (size_t i = 0; i < count; i++, runs++) {
                assert_int_equal(search_plan(search, i, block), 0);
                sim_run(&build.program, block);
                search_learn(search, i, block);
            }
        assert_true(runs < 5000);
        assert_true(search_exhausted(search).all);
        search_free(search);
    }
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mix_finds_what_there_is),
        cmocka_unit_test(cycles_of_locks_are_closed),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
        cmocka_unit_test(every_source_has_its_turn),
        cmocka_unit_test(alternations_are_found),
        cmocka_unit_test(focus_is_on_different_functions),
        cmocka_unit_test(jobs_change_nothing),
        cmocka_unit_test(filter_has_the_shared_places_alone),
        cmocka_unit_test(one_strategy_is_that_alone),
        cmocka_unit_test(small_programs_are_exhausted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
