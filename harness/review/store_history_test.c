/* The history: that what was appended is there, and that what cannot be read costs nothing else. */
#include "review/store_fixture.h"

#include "model/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_record_comes_back_as_it_was(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct record twin = make_record(7);
    struct record patch = make_record(8);
    patch.change = xstrdup("race/counter.one_side");
    patch.form = REVIEW_DIFF;
    patch.seed = UINT64_MAX;
    patch.marks = (struct marks){.guilty = true,
                                 .verdict_right = true,
                                 .wanted = 3,
                                 .marked = 4,
                                 .hit = 2,
                                 .precision = 0.5,
                                 .recall = 2.0 / 3,
                                 .class_right = true,
                                 .patch_asked = true,
                                 .patch_right = true,
                                 .price = 30,
                                 .points = 61};
    patch.hints = 2;
    char *message = NULL;
    assert_int_equal(store_append(store, &twin, &message), 0);
    assert_int_equal(store_append(store, &patch, &message), 0);
    struct records records = read_history(store);
    assert_int_equal(records.count, 2);
    assert_null(records.torn);
    expect_record(&records.items[0], &twin);
    expect_record(&records.items[1], &patch);
    records_release(&records);
    record_release(&twin);
    record_release(&patch);
    store_close(store);
}

static void an_append_is_one_line_and_on_the_disk(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    state_calls[0] = '\0';
    append(store, 1);
    assert_string_equal(state_calls, "file folder ");
    append(store, 2);
    assert_string_equal(state_calls, "file folder file ");
    char *text = read_file(home, "history.jsonl");
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_ptr_equal(strchr(strchr(text, '\n') + 1, '\n'), &text[strlen(text) - 1]);
    free(text);
    store_close(store);
}

static void a_disk_that_fails_leaves_the_history_as_it_was(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    append(store, 1);
    char *before = read_file(home, "history.jsonl");
    struct record record = make_record(2);
    char *message = NULL;
    state_fsync_error = EIO;
    assert_int_equal(store_append(store, &record, &message), -EIO);
    expect_told(&message, "history.jsonl: Input/output error; this round is not in the history");
    state_fsync_error = 0;
    expect_file(home, "history.jsonl", before);

    /* A disk that has room for half a line. */
    struct rlimit limit;
    struct rlimit small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){strlen(before) + 20, limit.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int result = store_append(store, &record, &message);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(result, -ENOSPC);
    expect_told(&message, "No space left on device; this round is not in the history. Make room");
    expect_file(home, "history.jsonl", before);

    append(store, 3);
    struct records records = read_history(store);
    assert_int_equal(records.count, 2);
    records_release(&records);
    record_release(&record);
    store_close(store);
    free(before);
}

static void a_full_disk_is_told(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    char *history = xasprintf("%s/racelab/history.jsonl", home->folder);
    assert_int_equal(symlink("/dev/full", history), 0);
    struct record record = make_record(1);
    char *message = NULL;
    assert_int_equal(store_append(store, &record, &message), -ENOSPC);
    expect_told(&message, "history.jsonl: No space left on device");
    record_release(&record);
    store_close(store);
    free(history);
}

static void a_line_that_cannot_be_read_is_told_and_let_stand(void **state)
{
    struct state_home *home = *state;
    static const struct {
        const char *from;
        const char *to;
        const char *told;
    } wrong[] = {
        {"{", "", "it is no JSON"},
        {"\"at\":1", "\"at\":-1", "`at` is no whole number from 0"},
        {"\"version\":1", "\"version\":2", "it is of version 2, and this racelab knows version 1"},
        {"\"version\":1,", "", "`version` is no whole number"},
        {"\"seed\":\"42\"", "\"seed\":42", "`seed` is no text of digits"},
        {"\"seed\":\"42\"", "\"seed\":\"18446744073709551616\"", "`seed` is no text of digits"},
        {"\"seed\":\"42\"", "\"seed\":\"-1\"", "`seed` is no text of digits"},
        {"race/counter", "counter", "FAMILY/CASE"},
        {"race/counter", "race/a/b", "FAMILY/CASE"},
        {"\"change\":null", "\"change\":\"x\"", "FAMILY/CASE"},
        {"\"change\":null", "\"change\":1", "`change` is no text"},
        {"\"form\":\"program\"", "\"form\":\"poem\"", "`form` is not a word"},
        {"\"guilty\":false", "\"guilty\":0", "`guilty` is neither true nor false"},
        {"\"points\":100", "\"points\":101", "`points` is no whole number from 0 to 100"},
        {"\"points\":100", "\"points\":1e2", "`points` is no whole number"},
        {"\"hit\":0", "\"hit\":1", "`hit` is no whole number from 0 to 0"},
        {"\"hints\":0", "\"hints\":4", "`hints` is no whole number from 0 to 3"},
        {"\"ms\":1000", "\"ms\":99999999999999999999", "it is no JSON"},
        {"\"ms\":1000", "\"ms\":1000,\"ms\":1", "it is no JSON"},
    };
    struct store *store = open_store();
    append(store, 1);
    char *good = read_file(home, "history.jsonl");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char *bad = replaced(good, wrong[i].from, wrong[i].to);
        char *text = xasprintf("%s\n%s%s", good, bad, good);
        write_file(home, "history.jsonl", text);
        struct records records;
        char *message = NULL;
        int result = store_history(store, &records, &message);
        if (result != -EBADMSG || !strstr(message, "/racelab/history.jsonl:3: this line") ||
            !strstr(message, wrong[i].told) || !strstr(message, "racelab review --reset"))
            fail_msg("%s for %s: %d %s", wrong[i].to, wrong[i].from, result,
                     message ? message : "");
        free(message);
        records_release(&records);
        expect_file(home, "history.jsonl", text);
        free(text);
        free(bad);
    }
    /* What a later version adds is no fault, and no more is a blank line, as above. */
    char *more = replaced(good, "\"ms\":1000", "\"ms\":1000,\"mood\":\"good\"");
    write_file(home, "history.jsonl", more);
    struct records records = read_history(store);
    assert_int_equal(records.count, 1);
    records_release(&records);
    free(more);
    free(good);
    store_close(store);
}

static void a_torn_last_line_costs_no_other(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    append(store, 1);
    append(store, 2);
    char *good = read_file(home, "history.jsonl");
    for (size_t cut = 1; cut < 60; cut += 7) {
        char *text = xasprintf("%s%.*s", good, (int)cut, good);
        write_file(home, "history.jsonl", text);
        struct records records;
        char *message = NULL;
        assert_int_equal(store_history(store, &records, &message), 0);
        assert_int_equal(records.count, 2);
        assert_non_null(records.torn);
        assert_non_null(strstr(records.torn, "history.jsonl:3: this last line was cut short"));
        records_release(&records);
        expect_file(home, "history.jsonl", text); /* reading changes nothing */

        append(store, 3);
        records = read_history(store);
        assert_int_equal(records.count, 3);
        assert_int_equal(records.items[2].at, 3);
        assert_null(records.torn);
        records_release(&records);
        char *torn = read_file(home, "torn.jsonl");
        assert_int_equal(strlen(torn), cut + 1);
        assert_memory_equal(torn, good, cut);
        free(torn);
        char *path = xasprintf("%s/racelab/torn.jsonl", home->folder);
        assert_int_equal(unlink(path), 0);
        free(path);
        free(text);
    }
    free(good);
    store_close(store);
}

static void a_last_line_without_its_newline_counts(void **state)
{
    struct state_home *home = *state;
    struct store *store = open_store();
    append(store, 1);
    char *good = read_file(home, "history.jsonl");
    good[strlen(good) - 1] = '\0';
    write_file(home, "history.jsonl", good);
    append(store, 2);
    struct records records = read_history(store);
    assert_int_equal(records.count, 2);
    assert_null(records.torn);
    records_release(&records);
    free(good);
    store_close(store);
}

/* A process that appends `count` rounds, of times from `at` on, and writes a byte to `done` after each. */
static pid_t append_elsewhere(int at, int count, int done)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    struct store *store = NULL;
    char *message = NULL;
    int failed = store_open(&store, &message);
    for (int i = 0; i < count && !failed; i++) {
        struct record record = make_record(at + i);
        failed = store_append(store, &record, &message);
        record_release(&record);
        failed = failed || write(done, "", 1) != 1;
    }
    _exit(failed != 0);
}

static void two_processes_append_whole_lines(void **state)
{
    (void)state;
    enum { EACH = 100 };
    int done[2];
    assert_int_equal(pipe(done), 0);
    pid_t children[] = {append_elsewhere(1000, EACH, done[1]),
                        append_elsewhere(2000, EACH, done[1])};
    for (size_t i = 0; i < 2; i++) {
        int status = 0;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    struct store *store = open_store();
    struct records records = read_history(store);
    assert_int_equal(records.count, 2 * EACH);
    int64_t next[] = {1000, 2000};
    for (size_t i = 0; i < records.count; i++) {
        int which = records.items[i].at >= 2000;
        assert_int_equal(records.items[i].at, next[which]++);
    }
    records_release(&records);
    store_close(store);
    close(done[0]);
    close(done[1]);
}

static void what_was_appended_outlives_a_kill(void **state)
{
    (void)state;
    enum { ENOUGH = 20 };
    int done[2];
    assert_int_equal(pipe(done), 0);
    pid_t child = append_elsewhere(1, INT32_MAX, done[1]);
    char byte = 0;
    for (int i = 0; i < ENOUGH; i++)
        assert_int_equal(read(done[0], &byte, 1), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    struct store *store = open_store();
    assert_false(store_is_second(store)); /* the kernel gave the lock back */
    struct records records = read_history(store);
    assert_true(records.count >= ENOUGH);
    for (size_t i = 0; i < records.count; i++)
        assert_int_equal(records.items[i].at, (int64_t)i + 1);
    records_release(&records);
    store_close(store);
    close(done[0]);
    close(done[1]);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, state_home_make, state_home_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_record_comes_back_as_it_was),
        IN_PLACE(an_append_is_one_line_and_on_the_disk),
        IN_PLACE(a_disk_that_fails_leaves_the_history_as_it_was),
        IN_PLACE(a_full_disk_is_told),
        IN_PLACE(a_line_that_cannot_be_read_is_told_and_let_stand),
        IN_PLACE(a_torn_last_line_costs_no_other),
        IN_PLACE(a_last_line_without_its_newline_counts),
        IN_PLACE(two_processes_append_whole_lines),
        IN_PLACE(what_was_appended_outlives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
