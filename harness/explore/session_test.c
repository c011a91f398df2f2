/* Whole searches of a small program. KEEPER, RUNTIME, SERVED, STATIC: compile definitions. */
#include "explore/session.h"
#include "model/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char folder[64];
    const char *arguments[3];
    struct session_spec spec;
    struct session *session;
    struct session_result result;
    struct session_minimal minimal;
};

static int open_fixture(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof(*fixture));
    strcpy(fixture->folder, "/tmp/racelab-session-XXXXXX");
    *state = fixture;
    fixture->spec = (struct session_spec){
        .server = {.keeper = KEEPER,
                   .program = SERVED,
                   .arguments = fixture->arguments,
                   .runtime = RUNTIME,
                   .folder = fixture->folder},
        .search = {.seed = 1, .kind = SEARCH_MIX, .bound = 2},
        .schedules = 200,
        .limit_ms = 60000,
        .jobs = 2,
    };
    return mkdtemp(fixture->folder) ? 0 : -1;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    session_close(fixture->session);
    session_result_release(&fixture->result);
    session_minimal_release(&fixture->minimal);
    int folder = rmdir(fixture->folder);
    int child = waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
    free(fixture);
    return folder || child;
}

static int search(struct fixture *fixture, const char *way)
{
    fixture->arguments[0] = way;
    session_close(fixture->session);
    session_result_release(&fixture->result);
    assert_int_equal(session_open(&fixture->spec, &fixture->session), 0);
    return session_search(fixture->session, &fixture->result);
}

static void expect_failure(struct fixture *fixture, const char *way, enum failure failure)
{
    assert_int_equal(search(fixture, way), 0);
    assert_null(fixture->result.trouble);
    assert_non_null(fixture->result.first);
    assert_int_equal(fixture->result.first->failure, failure);
    assert_int_equal(fixture->result.failed, 1);
    assert_int_equal(fixture->result.schedules, fixture->result.first->number);
}

static void the_first_failure_ends_the_search(void **state)
{
    expect_failure(*state, "deadlock", FAILURE_DEADLOCK);
    expect_failure(*state, "bank", FAILURE_ASSERT);
    expect_failure(*state, "bank-status", FAILURE_STATUS);
    expect_failure(*state, "abort", FAILURE_CRASH);
}

static void a_status_may_be_by_design(void **state)
{
    static const int ok[] = {3, 9};
    struct fixture *fixture = *state;
    fixture->spec.ok_status = ok;
    fixture->spec.ok_status_count = 2;
    assert_int_equal(search(fixture, "bank-status"), 0);
    assert_null(fixture->result.first);
    assert_int_equal(fixture->result.failed, 0);
    assert_int_equal(fixture->result.schedules, fixture->spec.schedules);
}

static void a_right_program_never_fails(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(search(fixture, "right"), 0);
    assert_int_equal(fixture->result.failed, 0);
    /* It has few enough for all of them. */
    assert_true(fixture->result.schedules == 200 || fixture->result.exhausted.all);
    assert_int_equal(fixture->result.lost_count, 0);
    fixture->spec.search.kind = SEARCH_BOUNDED;
    assert_int_equal(search(fixture, "right"), 0);
    assert_int_equal(fixture->result.failed, 0);
    assert_true(fixture->result.exhausted.all);
    assert_in_range(fixture->result.exhausted.schedules, 2, fixture->result.schedules);
}

static void a_schedule_is_made_small(void **state)
{
    struct fixture *fixture = *state;
    static const char *const ways[] = {"deadlock", "bank", "bank-status"};
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        assert_int_equal(search(fixture, ways[i]), 0);
        session_minimal_release(&fixture->minimal);
        assert_int_equal(
            session_minimise(fixture->session, fixture->result.first, 400, &fixture->minimal), 0);
        assert_true(fixture->minimal.repeated);
        assert_int_equal(fixture->minimal.preemptions, 1);
        assert_true(fixture->minimal.fewest);
        assert_non_null(fixture->minimal.block);
        assert_int_equal(fixture->minimal.block->outcome.preemptions, 1);
        assert_int_equal(fixture->minimal.block->outcome.end, fixture->result.first->outcome.end);
    }
}

/* What a search gives, as text. */
static char *text_of(const struct session_result *result)
{
    char *text = xasprintf("%zu schedules, %zu failed, %zu races, exhausted %d after %zu",
                           result->schedules, result->failed, result->race_count,
                           result->exhausted.bound, result->exhausted.schedules);
    for (size_t i = 0; i < result->tally_count; i++) {
        char *longer = xasprintf("%s; %s %zu/%zu", text, result->tallies[i].strategy,
                                 result->tallies[i].failed, result->tallies[i].schedules);
        free(text);
        text = longer;
    }
    for (size_t i = 0; result->first && i < result->first->guide_length; i++) {
        char *longer = xasprintf("%s %u:%u", text, result->first->guide[i].thread,
                                 result->first->guide[i].until);
        free(text);
        text = longer;
    }
    return text;
}

static void the_result_does_not_depend_on_the_jobs(void **state)
{
    struct fixture *fixture = *state;
    static const char *const ways[] = {"deadlock", "bank", "right"};
    for (size_t i = 0; i < 6; i++) {
        fixture->spec.keep_going = i >= 3;
        fixture->spec.jobs = 1;
        assert_int_equal(search(fixture, ways[i % 3]), 0);
        char *one = text_of(&fixture->result);
        fixture->spec.jobs = 4;
        assert_int_equal(search(fixture, ways[i % 3]), 0);
        char *four = text_of(&fixture->result);
        assert_string_equal(one, four);
        free(one);
        free(four);
    }
}

static void another_seed_is_another_search(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.keep_going = true;
    assert_int_equal(search(fixture, "bank"), 0);
    assert_in_range(fixture->result.failed, 2, 198);
    char *one = text_of(&fixture->result);
    fixture->spec.search.seed = 2;
    assert_int_equal(search(fixture, "bank"), 0);
    char *other = text_of(&fixture->result);
    assert_string_not_equal(one, other);
    free(one);
    free(other);
}

static void a_program_that_cannot_be_run_is_told(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.server.program = STATIC;
    assert_int_equal(search(fixture, "x"), 0);
    assert_int_equal(fixture->result.schedules, 0);
    assert_non_null(strstr(fixture->result.trouble, "linked statically"));
}

static void a_program_without_end_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.limit_ms = 50;
    fixture->arguments[1] = "/dev/null";
    assert_int_equal(search(fixture, "spin"), 0);
    assert_int_equal(fixture->result.timed_out, 3);
    assert_int_equal(fixture->result.failed, 0);
    assert_non_null(strstr(fixture->result.trouble, "--limit"));
}

static void the_time_of_a_search_is_limited(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.schedules = 0;
    fixture->spec.time_ms = 300;
    fixture->spec.search.kind = SEARCH_ONE;
    fixture->spec.search.strategy = WIRE_RANDOM;
    assert_int_equal(search(fixture, "right"), 0);
    assert_null(fixture->result.trouble);
    assert_in_range(fixture->result.elapsed_ms, 300, 60000);
}

static void on_progress(const struct session_progress *progress, void *user)
{
    (void)user;
    if (progress->schedules > 0)
        kill(getpid(), SIGINT);
}

static void an_interrupt_keeps_what_was_learnt(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.progress = on_progress;
    fixture->spec.schedules = 0;
    fixture->spec.search.kind = SEARCH_ONE;
    fixture->spec.search.strategy = WIRE_RANDOM;
    assert_int_equal(search(fixture, "right"), SIGINT);
    assert_true(fixture->result.schedules > 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_failure_ends_the_search),
        CASE(a_status_may_be_by_design),
        CASE(a_right_program_never_fails),
        CASE(a_schedule_is_made_small),
        CASE(the_result_does_not_depend_on_the_jobs),
        CASE(another_seed_is_another_search),
        CASE(a_program_that_cannot_be_run_is_told),
        CASE(a_program_without_end_is_given_up),
        CASE(the_time_of_a_search_is_limited),
        CASE(an_interrupt_keeps_what_was_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
