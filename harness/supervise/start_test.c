/* Many runs at once, scarce descriptors, and a keeper that is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "supervise/test_support.h"

enum { MANY = 20 };

/* What libuv opens once for the process. */
static int warm_up(void **state)
{
    struct told told;
    (void)state;
    run_program(ARGV("true"), &told);
    told_release(&told);
    return 0;
}

static void many_at_once(void **state)
{
    struct run_spec specs[MANY];
    struct told told[MANY];
    char numbers[MANY][8];
    const char *arguments[MANY][4];
    size_t before = count_descriptors();
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%d", i);
        const char *const hang[] = {PROGRAM("block"), "ten", NULL};
        const char *const exit[] = {PROGRAM("ending"), "exit", numbers[i], NULL};
        memcpy(arguments[i], i % 2 ? hang : exit, i % 2 ? sizeof hang : sizeof exit);
        specs[i] = (struct run_spec){.argv = arguments[i],
                                     .env = marked_environment(),
                                     .time_limit_ms = TEST_LIMIT_MS,
                                     .output_cap = 100};
    }
    run_many(specs, told, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(told[i].outcome.end, i % 2 ? RUN_HUNG : RUN_EXITED);
        assert_int_equal(told[i].outcome.status, i % 2 ? 0 : i);
        assert_null(told[i].outcome.error);
        told_release(&told[i]);
    }
    assert_nothing_left();
    assert_int_equal(count_descriptors(), before);
}

struct chain {
    struct supervisor *supervisor;
    unsigned left;
};

static void start_next(const struct run_outcome *outcome, void *user)
{
    struct chain *chain = user;
    const struct run_spec spec = {.argv = ARGV(PROGRAM("ending"), "exit", "3"),
                                  .env = marked_environment(),
                                  .time_limit_ms = TEST_LIMIT_MS};
    if (outcome) {
        assert_int_equal(outcome->status, 3);
        chain->left--;
    }
    if (chain->left > 0)
        assert_int_equal(supervisor_start(chain->supervisor, &spec, start_next, chain), 0);
}

static void one_after_the_other(void **state)
{
    uv_loop_t loop;
    struct chain chain = {.left = 5};
    (void)state;
    uv_loop_init(&loop);
    assert_int_equal(supervisor_new(&loop, KEEPER, &chain.supervisor), 0);
    start_next(NULL, &chain);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(chain.left, 0);
    supervisor_free(chain.supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* From too few descriptors for anything to enough: each start fails whole or works whole. */
static void scarce_descriptors(void **state)
{
    struct rlimit limit;
    uv_loop_t loop;
    struct supervisor *supervisor;
    unsigned failed = 0;
    unsigned worked = 0;
    (void)state;
    const struct run_spec spec = {.argv = ARGV(PROGRAM("ending"), "exit", "3"),
                                  .env = marked_environment(),
                                  .time_limit_ms = TEST_LIMIT_MS};
    uv_loop_init(&loop);
    assert_int_equal(supervisor_new(&loop, KEEPER, &supervisor), 0);
    getrlimit(RLIMIT_NOFILE, &limit);
    /* What libuv opens once for the loop. */
    struct told first = {0};
    assert_int_equal(supervisor_start(supervisor, &spec, told_done, &first), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    told_release(&first);
    size_t before = count_descriptors();
    for (rlim_t spare = 0; spare < 16; spare++) {
        struct told told = {0};
        const struct rlimit scarce = {before + spare, limit.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &scarce), 0);
        int rc = supervisor_start(supervisor, &spec, told_done, &told);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_int_equal(told.calls, rc == 0);
        if (rc == 0) {
            worked++;
            assert_int_equal(told.outcome.end, RUN_EXITED);
            assert_int_equal(told.outcome.status, 3);
        } else {
            failed++;
            assert_int_equal(rc, -EMFILE);
        }
        told_release(&told);
        assert_nothing_left();
        assert_int_equal(count_descriptors(), before);
    }
    assert_true(failed > 0 && worked > 0);
    supervisor_free(supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void missing_keeper(void **state)
{
    uv_loop_t loop;
    struct supervisor *supervisor;
    struct told told = {0};
    const struct run_spec spec = {.argv = ARGV("true"), .time_limit_ms = TEST_LIMIT_MS};
    size_t before = count_descriptors();
    (void)state;
    uv_loop_init(&loop);
    assert_int_equal(supervisor_new(&loop, "/nowhere/racelab-keeper", &supervisor), 0);
    assert_int_equal(supervisor_start(supervisor, &spec, told_done, &told), -ENOENT);
    supervisor_free(supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(told.calls, 0);
    assert_int_equal(count_descriptors(), before);
    assert_nothing_left();
}

static void false_keeper(void **state)
{
    static const char *const keepers[] = {"/bin/true", "/bin/false", "/bin/echo"};
    (void)state;
    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
        uv_loop_t loop;
        struct supervisor *supervisor;
        struct told told = {0};
        const struct run_spec spec = {.argv = ARGV("true"), .time_limit_ms = TEST_LIMIT_MS};
        uv_loop_init(&loop);
        assert_int_equal(supervisor_new(&loop, keepers[i], &supervisor), 0);
        assert_int_equal(supervisor_start(supervisor, &spec, told_done, &told), 0);
        uv_run(&loop, UV_RUN_DEFAULT);
        supervisor_free(supervisor);
        assert_int_equal(uv_loop_close(&loop), 0);
        assert_int_equal(told.calls, 1);
        assert_int_equal(told.outcome.end, RUN_NOT_STARTED);
        assert_non_null(strstr(told.outcome.error, "no report"));
        told_release(&told);
        assert_nothing_left();
    }
}

static void invalid_specs(void **state)
{
    uv_loop_t loop;
    struct supervisor *supervisor;
    struct told told = {0};
    const struct run_spec no_program = {.argv = (const char *const[]){NULL}, .time_limit_ms = 1};
    const struct run_spec no_limit = {.argv = ARGV("true")};
    const struct run_spec no_reports = {
        .argv = ARGV("true"), .time_limit_ms = TEST_LIMIT_MS, .report_dir = "/nowhere/reports"};
    (void)state;
    uv_loop_init(&loop);
    supervisor_free(NULL);
    assert_int_equal(supervisor_new(&loop, KEEPER, &supervisor), 0);
    assert_int_equal(supervisor_start(supervisor, &no_program, told_done, &told), -EINVAL);
    assert_int_equal(supervisor_start(supervisor, &no_limit, told_done, &told), -EINVAL);
    assert_int_equal(told.calls, 0);
    assert_int_equal(supervisor_start(supervisor, &no_reports, told_done, &told), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    supervisor_free(supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(told.outcome.end, RUN_NOT_STARTED);
    assert_int_equal(told.outcome.status, ENOENT);
    assert_non_null(strstr(told.outcome.error, "/nowhere/reports"));
    told_release(&told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_at_once),   cmocka_unit_test(one_after_the_other),
        cmocka_unit_test(missing_keeper), cmocka_unit_test(false_keeper),
        cmocka_unit_test(invalid_specs),  cmocka_unit_test(scarce_descriptors),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
