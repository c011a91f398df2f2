#include "explore/search/bounded.h"

#include "explore/search/enumerate_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NO_BOUND = 1000 };

struct found {
    struct classes classes;
    struct bounded_exhausted exhausted;
    const char *trouble;
    size_t schedules;
    size_t last_level; /* of them, those of the last level */
    size_t deadlocks;
};

static struct wire_block *block;

static int make_block(void **state)
{
    (void)state;
    block = sim_block_new(4000, 16, 4000);
    return 0;
}

static int free_block(void **state)
{
    (void)state;
    free(block);
    return 0;
}

/* Checks each run as it goes: it follows its plan, has no more preemptions than it may, and is one of `known` where that is given. */
static struct found search(const struct sim_program *program, unsigned bound, size_t round,
                           unsigned flags, uint32_t point_limit, const struct classes *known)
{
    struct bounded *bounded = bounded_new(&(struct bounded_options){bound, round});
    struct found found = {0};
    unsigned level = 0;
    for (size_t count; (count = bounded_round(bounded)) > 0;) {
        assert_in_range(count, 1, round);
        if (bounded_level(bounded) != level) {
            if (known)
                assert_int_equal(classes_up_to(&found.classes, level), classes_up_to(known, level));
            level = bounded_level(bounded);
            found.last_level = 0;
        }
        for (size_t i = 0; i < count; i++, found.last_level++) {
            memset(&block->plan, 0, sizeof block->plan);
            block->plan.flags = flags;
            block->plan.point_limit = point_limit;
            assert_int_equal(bounded_plan(bounded, i, block), 0);
            sim_run(program, block);
            assert_int_equal(block->outcome.diverged, 0);
            assert_true(block->outcome.preemptions <= level);
            uint64_t signature = signature_of(block);
            if (known)
                assert_non_null(classes_find(known, signature));
            classes_add(&found.classes, signature, block->outcome.preemptions);
            found.deadlocks += block->outcome.end == WIRE_DEADLOCK;
            bounded_learn(bounded, i, block);
        }
        assert_true(found.classes.schedules < 200000);
    }
    found.exhausted = bounded_exhausted(bounded);
    found.trouble = bounded_trouble(bounded);
    found.schedules = bounded_schedules(bounded);
    assert_int_equal(found.schedules, found.classes.schedules);
    bounded_free(bounded);
    return found;
}

/* Searches and compares with all schedules, or where these are too many, with those of a smaller bound. */
static bool compare(const struct sim_program *program, size_t most, size_t round,
                    struct found *result)
{
    static const unsigned bounds[] = {NO_BOUND, 3, 2, 1, 0};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        struct classes known = {0};
        memset(&block->plan, 0, sizeof block->plan);
        if (enumerate(program, bounds[i], most, block, &known)) {
            struct found found = search(program, bounds[i], round, 0, 0, &known);
            assert_null(found.trouble);
            assert_int_equal(found.classes.count, known.count);
            for (size_t j = 0; j < known.count; j++)
                assert_int_equal(
                    classes_find(&found.classes, known.items[j].signature)->preemptions,
                    known.items[j].preemptions);
            assert_true(found.last_level <= known.schedules);
            assert_true(found.exhausted.all || found.exhausted.bound == (int)bounds[i]);
            assert_true(bounds[i] != NO_BOUND || found.exhausted.all);
            result->last_level += found.last_level;
            result->classes.schedules += known.schedules;
            result->classes.count += known.count;
            classes_free(&found.classes);
            classes_free(&known);
            return true;
        }
        classes_free(&known);
    }
    return false;
}

static void test_all_that_brute_force_finds(void **state)
{
    (void)state;
    struct found sum = {0};
    size_t programs = 0;
    for (uint64_t seed = 1; seed <= 50; seed++)
        programs += compare(random_program(seed), 800, 1 + seed % 5, &sum);
    print_message("%zu programs: %zu schedules, %zu classes of them, %zu runs\n", programs,
                  sum.classes.schedules, sum.classes.count, sum.last_level);
    assert_true(programs >= 40);
    assert_true(sum.last_level * 4 < sum.classes.schedules);
}

#define AT(op_, object_, value_)                                                                   \
    {                                                                                              \
        .op = (op_), .object = (object_), .value = (value_)                                        \
    }

/* A program whose main makes `count` threads of the bodies 1, 2, ... `count`, or all of body 1, and joins them. */
struct made {
    struct sim_instruction main_code[64];
    struct sim_body bodies[32];
    struct sim_program program;
};

static const struct sim_program *make(struct made *made, const struct sim_body *bodies,
                                      size_t body_count, size_t threads)
{
    size_t n = 0;
    for (size_t i = 0; i < threads; i++)
        made->main_code[n++] =
            (struct sim_instruction)AT(WIRE_CREATE, (unsigned)(1 + i % body_count), 0);
    for (size_t i = 0; i < threads; i++)
        made->main_code[n++] = (struct sim_instruction)AT(WIRE_JOIN, (unsigned)i, 0);
    made->bodies[0] = (struct sim_body){made->main_code, n};
    memcpy(made->bodies + 1, bodies, body_count * sizeof *bodies);
    made->program = (struct sim_program){made->bodies, body_count + 1};
    return &made->program;
}

static void test_independent_threads_need_one_schedule(void **state)
{
    (void)state;
    struct sim_instruction code[8][3];
    struct sim_body bodies[8];
    struct made made;
    for (unsigned i = 0; i < 8; i++) {
        struct sim_instruction own[] = {AT(WIRE_WRITE, i, 0), AT(WIRE_READ, i, 0),
                                        AT(WIRE_READ, 100, 0)};
        memcpy(code[i], own, sizeof own);
        bodies[i] = (struct sim_body){code[i], 3};
    }
    for (size_t threads = 1; threads <= 8; threads++) {
        struct found found = search(make(&made, bodies, 8, threads), 2, 8, 0, 0, NULL);
        assert_int_equal(found.schedules, 1);
        assert_int_equal(found.exhausted.bound, 0);
        assert_int_equal(found.exhausted.schedules, 1);
        assert_true(found.exhausted.all);
        classes_free(&found.classes);
    }
}

/* All classes, which are `known` in number, are found in at most `most` runs. */
static void expect_classes(const char *name, const struct sim_program *program, size_t known,
                           size_t most)
{
    struct found found = search(program, NO_BOUND, 4, 0, 0, NULL);
    print_message("%s: %zu classes, %zu runs, %zu of them in the last of %d levels\n", name,
                  found.classes.count, found.schedules, found.last_level,
                  found.exhausted.bound + 1);
    assert_int_equal(found.classes.count, known);
    assert_true(found.exhausted.all);
    assert_null(found.trouble);
    assert_true(found.last_level <= most);
    classes_free(&found.classes);
}

static void test_locked_increments(void **state)
{
    (void)state;
    const struct sim_instruction once[] = {AT(WIRE_LOCK, 0, 0), AT(WIRE_READ, 0, 0),
                                           AT(SIM_ADD, 0, 1), AT(WIRE_WRITE, 0, 0),
                                           AT(WIRE_UNLOCK, 0, 0)};
    static const size_t known[] = {1, 2, 6, 20, 70}; /* 2k over k */
    struct sim_instruction code[4 * 5];
    struct made made;
    for (size_t k = 1; k <= 4; k++) {
        memcpy(code + (k - 1) * 5, once, sizeof once);
        struct sim_body body = {code, k * 5};
        char name[64];
        (void)snprintf(name, sizeof name, "two threads, %zu locked increments", k);
        expect_classes(name, make(&made, &body, 1, 2), known[k], 4 * known[k]);
    }
}

static void test_readers(void **state)
{
    (void)state;
    const struct sim_instruction writer[] = {AT(WIRE_WRITE, 0, 0)};
    const struct sim_instruction reader[] = {AT(WIRE_READ, 0, 0)};
    struct sim_body bodies[6] = {SIM_BODY(writer)};
    struct made made;
    for (size_t readers = 1; readers <= 4; readers++) {
        bodies[readers] = (struct sim_body)SIM_BODY(reader);
        char name[64];
        (void)snprintf(name, sizeof name, "a writer, %zu readers", readers);
        expect_classes(name, make(&made, bodies, readers + 1, readers + 1), 1u << readers,
                       25u << readers);
    }
}

/* Of Flanagan and Godefroid, POPL 2005: threads put four messages each into a hash table; up to 11 of them never meet. */
static void test_indexer(void **state)
{
    (void)state;
    static struct sim_instruction code[12][64];
    struct sim_body bodies[12];
    struct made made;
    for (unsigned thread = 0; thread < 12; thread++) {
        size_t n = 0;
        for (unsigned message = 1; message <= 4; message++) {
            unsigned word = message * 11 + thread;
            size_t begin = n;
            for (unsigned probe = 0; probe < 3; probe++) {
                code[thread][n++] = (struct sim_instruction)AT(SIM_SET, 0, 0);
                code[thread][n++] = (struct sim_instruction)AT(SIM_SWAP, 0, 0);
                code[thread][n++] = (struct sim_instruction)AT(SIM_SET, 0, (int)word);
                code[thread][n++] =
                    (struct sim_instruction)AT(SIM_CAS, (word * 7 + probe) % 128, 0);
                /* Where it was had: go to the next message. */
                code[thread][n++] =
                    (struct sim_instruction)AT(SIM_UNLESS, (unsigned)(begin + 15), 0);
            }
        }
        bodies[thread] = (struct sim_body){code[thread], n};
    }
    expect_classes("indexer, 11 threads", make(&made, bodies, 11, 11), 1, 1);
    expect_classes("indexer, 12 threads", make(&made, bodies, 12, 12), 8, 6000);
}

/* Of Abdulla et al., POPL 2014: threads count up from their neighbour's word, one looks for the last zero. */
static void test_last_zero(void **state)
{
    (void)state;
    static const size_t known[] = {0, 0, 5, 12, 28, 64}; /* (n + 3) * 2^(n - 2) */
    struct sim_instruction seeker[16];
    struct sim_instruction code[6][3];
    struct sim_body bodies[6];
    struct made made;
    for (unsigned n = 2; n <= 3; n++) {
        size_t length = 0;
        for (unsigned i = n + 1; i-- > 0;) {
            seeker[length++] = (struct sim_instruction)AT(WIRE_READ, i, 0);
            if (i)
                seeker[length] = (struct sim_instruction)AT(SIM_UNLESS, (unsigned)length + 2, 0);
            if (i)
                seeker[length + 1] = (struct sim_instruction)AT(SIM_UNLESS, 100, -1);
            length += i ? 2 : 0;
        }
        bodies[0] = (struct sim_body){seeker, length};
        for (unsigned i = 1; i <= n; i++) {
            struct sim_instruction own[] = {AT(WIRE_READ, i - 1, 0), AT(SIM_ADD, 0, 1),
                                            AT(WIRE_WRITE, i, 0)};
            memcpy(code[i], own, sizeof own);
            bodies[i] = (struct sim_body){code[i], 3};
        }
        char name[64];
        (void)snprintf(name, sizeof name, "last zero, %u threads beside", n);
        expect_classes(name, make(&made, bodies, n + 1, n + 1), known[n], 25 * known[n]);
    }
}

/* A deadlock by two locks in two orders needs one preemption, and is found with one. */
static void test_deadlock(void **state)
{
    (void)state;
    const struct sim_instruction one[] = {AT(WIRE_LOCK, 0, 0), AT(WIRE_LOCK, 1, 0),
                                          AT(WIRE_UNLOCK, 1, 0), AT(WIRE_UNLOCK, 0, 0)};
    const struct sim_instruction two[] = {AT(WIRE_LOCK, 1, 0), AT(WIRE_LOCK, 0, 0),
                                          AT(WIRE_UNLOCK, 0, 0), AT(WIRE_UNLOCK, 1, 0)};
    struct sim_body bodies[] = {SIM_BODY(one), SIM_BODY(two)};
    struct made made;
    const struct sim_program *program = make(&made, bodies, 2, 2);
    struct found found = search(program, 0, 4, 0, 0, NULL);
    assert_int_equal(found.deadlocks, 0);
    assert_int_equal(found.exhausted.bound, 0);
    assert_false(found.exhausted.all);
    classes_free(&found.classes);
    found = search(program, 5, 4, 0, 0, NULL);
    assert_true(found.deadlocks > 0);
    assert_true(found.exhausted.all);
    const struct class *first = NULL;
    for (size_t i = 0; i < found.classes.count && !first; i++)
        if (found.classes.items[i].preemptions == 1)
            first = &found.classes.items[i];
    assert_non_null(first);
    classes_free(&found.classes);
}

/* The search ends where threads wait in loops: by yielding, or by time limits. */
static void test_loops_end(void **state)
{
    (void)state;
    const struct sim_instruction sets[] = {AT(WIRE_READ, 7, 0), AT(SIM_SET, 0, 1),
                                           AT(WIRE_WRITE, 0, 0)};
    const struct sim_instruction yields[] = {AT(WIRE_READ, 0, 0), AT(SIM_UNLESS, 4, 0),
                                             AT(WIRE_YIELD, 0, 0), AT(SIM_UNLESS, 0, -1)};
    /* Waits with a time limit until a word is set. */
    const struct sim_instruction waits[] = {
        AT(WIRE_LOCK, 0, 0),   AT(WIRE_READ, 0, 0),
        AT(SIM_UNLESS, 5, 0),  {.op = WIRE_WAIT, .object = 0, .value = 0, .timed = true},
        AT(SIM_UNLESS, 1, -1), AT(WIRE_UNLOCK, 0, 0)};
    const struct sim_instruction signals[] = {AT(WIRE_LOCK, 0, 0), AT(SIM_SET, 0, 1),
                                              AT(WIRE_WRITE, 0, 0), AT(WIRE_SIGNAL, 0, 0),
                                              AT(WIRE_UNLOCK, 0, 0)};
    struct sim_body yield_bodies[] = {SIM_BODY(yields), SIM_BODY(sets), SIM_BODY(yields)};
    struct sim_body wait_bodies[] = {SIM_BODY(waits), SIM_BODY(signals)};
    struct made made;
    struct found found = search(make(&made, yield_bodies, 3, 3), 3, 4, 0, 0, NULL);
    assert_null(found.trouble);
    assert_true(found.exhausted.bound == 3 || found.exhausted.all);
    assert_int_equal(found.deadlocks, 0);
    print_message("yielding: %zu runs\n", found.schedules);
    classes_free(&found.classes);
    found = search(make(&made, wait_bodies, 2, 2), NO_BOUND, 4, 0, 0, NULL);
    assert_null(found.trouble);
    assert_true(found.exhausted.all);
    print_message("waiting with time limits: %zu classes, %zu runs\n", found.classes.count,
                  found.schedules);
    assert_true(found.classes.count > 2);
    classes_free(&found.classes);
}

/* A program that goes another way each time it is asked: no claim. Nor where a run was lost. */
static void test_programs_that_do_not_repeat(void **state)
{
    (void)state;
    const struct sim_instruction one[] = {AT(WIRE_WRITE, 0, 0), AT(WIRE_READ, 1, 0)};
    struct sim_body bodies[] = {SIM_BODY(one), SIM_BODY(one)};
    struct made made;
    const struct sim_program *program = make(&made, bodies, 2, 2);
    struct bounded *bounded = bounded_new(&(struct bounded_options){3, 1});
    size_t runs = 0;
    while (bounded_round(bounded) > 0) {
        memset(&block->plan, 0, sizeof block->plan);
        assert_int_equal(bounded_plan(bounded, 0, block), 0);
        sim_run(program, block);
        wire_steps(block)[0].pc += runs++;
        bounded_learn(bounded, 0, block);
        assert_true(runs < 1000);
    }
    assert_false(bounded_exhausted(bounded).all);
    assert_non_null(strstr(bounded_trouble(bounded), "did not follow its plan"));
    bounded_restart(bounded);
    assert_int_equal(bounded_exhausted(bounded).bound, -1);
    assert_null(bounded_trouble(bounded));
    while (bounded_round(bounded) > 0) {
        memset(&block->plan, 0, sizeof block->plan);
        assert_int_equal(bounded_plan(bounded, 0, block), 0);
        sim_run(program, block);
        block->outcome.lost = bounded_schedules(bounded) == runs ? WIRE_LOST_OUTSIDE : 0;
        bounded_learn(bounded, 0, block);
    }
    assert_true(bounded_exhausted(bounded).bound >= 1);
    assert_null(bounded_trouble(bounded));
    bounded_free(bounded);
}

/* What stands against a claim, and that none is made then. */
static void test_no_claim(void **state)
{
    (void)state;
    const struct sim_instruction code[] = {AT(WIRE_WRITE, 0, 0), AT(WIRE_READ, 0, 0)};
    struct sim_body body = SIM_BODY(code);
    struct made made;
    const struct sim_program *program = make(&made, &body, 1, 2);
    struct found found = search(program, 2, 2, 0, 4, NULL);
    assert_int_equal(found.exhausted.bound, -1);
    assert_false(found.exhausted.all);
    assert_string_equal(found.trouble, "a run was cut off at its limit of points");
    classes_free(&found.classes);
    found = search(program, 2, 2, WIRE_BUFFERED, 0, NULL);
    assert_int_equal(found.exhausted.bound, -1);
    assert_non_null(strstr(found.trouble, "buffered store"));
    classes_free(&found.classes);
}

/* Plain accesses at which nothing is decided are no places for a preemption. */
static void test_filter(void **state)
{
    (void)state;
    const struct sim_instruction code[] = {AT(WIRE_READ, 0, 0), AT(WIRE_WRITE, 0, 0),
                                           AT(WIRE_READ, 1, 0)};
    struct sim_body body = SIM_BODY(code);
    struct made made;
    const struct sim_program *program = make(&made, &body, 1, 2);
    struct found found = search(program, NO_BOUND, 2, WIRE_FILTERED, 0, NULL);
    assert_int_equal(found.schedules, 1);
    assert_true(found.exhausted.all);
    classes_free(&found.classes);
    found = search(program, NO_BOUND, 2, 0, 0, NULL);
    assert_int_equal(found.classes.count, 4);
    classes_free(&found.classes);
}

static void test_a_guide_that_does_not_fit(void **state)
{
    (void)state;
    const struct sim_instruction code[] = {AT(WIRE_READ, 0, 0), AT(WIRE_WRITE, 0, 0)};
    struct sim_body body = SIM_BODY(code);
    struct made made;
    const struct sim_program *program = make(&made, &body, 1, 2);
    struct wire_block *small = sim_block_new(2, 0, 100);
    struct bounded *bounded = bounded_new(&(struct bounded_options){2, 3});
    bool refused = false;
    for (size_t count; (count = bounded_round(bounded)) > 0;) {
        for (size_t i = 0; i < count; i++) {
            memset(&small->plan, 0, sizeof small->plan);
            bool fits = bounded_plan(bounded, i, small) == 0;
            refused = refused || !fits;
            if (fits)
                sim_run(program, small);
            bounded_learn(bounded, i, fits ? small : NULL);
        }
    }
    assert_true(refused);
    assert_int_equal(bounded_exhausted(bounded).bound, 0);
    assert_string_equal(bounded_trouble(bounded), "a run could not be made");
    bounded_free(bounded);
    free(small);
}

/* Where only the first run of a round is made, the others are planned again, and none counts as tried before it was. */
static void test_rounds_ended_early(void **state)
{
    (void)state;
    const struct sim_instruction code[] = {AT(WIRE_WRITE, 0, 0), AT(WIRE_READ, 1, 0),
                                           AT(WIRE_WRITE, 1, 0)};
    struct sim_body body = SIM_BODY(code);
    struct made made;
    const struct sim_program *program = make(&made, &body, 1, 3);
    struct found whole = search(program, NO_BOUND, 4, 0, 0, NULL);
    struct bounded *bounded = bounded_new(&(struct bounded_options){NO_BOUND, 4});
    struct classes classes = {0};
    bool cut = false;
    for (size_t count; (count = bounded_round(bounded)) > 0; cut = cut || count > 1) {
        memset(&block->plan, 0, sizeof block->plan);
        assert_int_equal(bounded_plan(bounded, 0, block), 0);
        sim_run(program, block);
        classes_add(&classes, signature_of(block), block->outcome.preemptions);
        bounded_learn(bounded, 0, block);
        assert_true(classes.schedules < 200000);
    }
    assert_true(cut);
    assert_true(whole.exhausted.all);
    assert_true(bounded_exhausted(bounded).all);
    assert_int_equal(classes.count, whole.classes.count);
    bounded_free(bounded);
    classes_free(&whole.classes);
    classes_free(&classes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_brute_force_finds),
        cmocka_unit_test(test_independent_threads_need_one_schedule),
        cmocka_unit_test(test_locked_increments),
        cmocka_unit_test(test_readers),
        cmocka_unit_test(test_indexer),
        cmocka_unit_test(test_last_zero),
        cmocka_unit_test(test_deadlock),
        cmocka_unit_test(test_loops_end),
        cmocka_unit_test(test_programs_that_do_not_repeat),
        cmocka_unit_test(test_no_claim),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_a_guide_that_does_not_fit),
        cmocka_unit_test(test_rounds_ended_early),
    };
    return cmocka_run_group_tests(tests, make_block, free_block);
}
