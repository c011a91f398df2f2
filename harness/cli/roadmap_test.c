/* racelab roadmap from outside, with a history in a folder of its own. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNTER "race/unlocked_counter"
#define CORPUS  "--root " RACELAB_ROOT " "

/* A line of the history. */
#define ROUND(pair, points, right)                                                                 \
    "{\"version\":1,\"at\":1793534400,\"seed\":\"1\",\"pair\":\"" pair                             \
    "\",\"change\":null,\"form\":\"program\",\"guilty\":true,\"verdict_right\":true,\"wanted\":1," \
    "\"marked\":1,\"hit\":1,\"class_right\":" right ",\"patch_asked\":true,\"patch_right\":" right \
    ",\"price\":0,\"points\":" points ",\"hints\":0,\"ms\":1000}\n"

struct state_home {
    struct sandbox box;
    char *state; /* XDG_STATE_HOME=... */
};

static void open_home(struct state_home *home, const char *history)
{
    sandbox_open(&home->box, COUNTER);
    sandbox_write(&home->box);
    home->state = xasprintf("XDG_STATE_HOME=%s/state", home->box.folder);
    if (!history)
        return;
    shell("mkdir -p %s/state/racelab", home->box.folder);
    char *path = xasprintf("%s/state/racelab/history.jsonl", home->box.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(history, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void close_home(struct state_home *home)
{
    free(home->state);
    sandbox_close(&home->box);
}

static struct result roadmap(const struct state_home *home, const char *arguments)
{
    return sandbox_racelab(&home->box, home->state, "%s", arguments);
}

static size_t count(const char *text, const char *what)
{
    size_t found = 0;
    for (; (text = strstr(text, what)); text++)
        found++;
    return found;
}

static void every_pair_stands_there_once(void **state)
{
    (void)state;
    struct state_home home;
    open_home(&home, NULL);
    struct result list = roadmap(&home, CORPUS "list");
    struct result map = roadmap(&home, CORPUS "roadmap");
    assert_int_equal(map.status, 0);
    assert_string_equal(map.err, "");
    size_t pairs = 0;
    for (char *line = list.out; *line; line = strchr(line, '\n') + 1) {
        char *entry = xasprintf("  new     %.*s\n", (int)strcspn(line, " "), line);
        if (count(map.out, entry) != 1)
            fail_msg("%zu times:%s", count(map.out, entry), entry);
        free(entry);
        pairs++;
    }
    assert_true(pairs > 100);
    static const char *const heads[] = {"1. threads: ",
                                        "\n2. locks and the other primitives: ",
                                        "\n3. queues: ",
                                        "\n4. pools and futures: ",
                                        "\n5. processes: ",
                                        "\n6. bugs and their mending: ",
                                        "\n7. the server project: "};
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
        assert_non_null(strstr(map.out, heads[i]));
    /* Looking makes nothing. */
    char *folder = xasprintf("%s/state", home.box.folder);
    assert_int_not_equal(access(folder, F_OK), 0);
    free(folder);
    result_free(&list);
    result_free(&map);
    close_home(&home);
}

static void it_tells_how_far_the_trainee_is(void **state)
{
    (void)state;
    struct state_home home;
    open_home(&home, ROUND("race/read_before_join", "100", "true")
                         ROUND("race/chunk_overlap", "60", "false"));
    struct result map = roadmap(&home, CORPUS "roadmap threads");
    assert_int_equal(map.status, 0);
    assert_non_null(strstr(map.out, ", 1 mended, 1 tried, 0 met, "));
    assert_non_null(strstr(map.out, "\n  mended  race/read_before_join\n"));
    assert_non_null(strstr(map.out, "\n  tried   race/chunk_overlap\n"));
    assert_null(strstr(map.out, "2. locks"));
    result_free(&map);

    struct result number = roadmap(&home, CORPUS "roadmap 1 --json -");
    json_error_t error;
    json_t *json = json_loads(number.out, 0, &error);
    if (!json)
        fail_msg("%s: %s", error.text, number.out);
    json_t *stations = json_object_get(json, "stations");
    assert_int_equal(json_array_size(stations), 1);
    const char *name = json_string_value(json_object_get(json_array_get(stations, 0), "name"));
    assert_string_equal(name, "threads");
    json_decref(json);
    result_free(&number);
    close_home(&home);
}

static void wrong_stations_are_told(void **state)
{
    (void)state;
    static const char *const wrong[] = {"roadmap 0", "roadmap 8", "roadmap race", "roadmap 1 2",
                                        "roadmap --no-such"};
    struct state_home home;
    open_home(&home, NULL);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct result result = roadmap(&home, wrong[i]);
        if (result.status != 2 || !*result.err || *result.out)
            fail_msg("%s: exit %d: %s", wrong[i], result.status, result.err);
        result_free(&result);
    }
    struct result result = roadmap(&home, "roadmap race");
    assert_non_null(strstr(result.err, "no station `race`; there are 1 threads, 2 locks,"));
    result_free(&result);
    close_home(&home);
}

/* What is not known is not shown as new. */
static void a_history_that_cannot_be_read_costs_only_itself(void **state)
{
    (void)state;
    struct state_home home;
    open_home(&home, ROUND(COUNTER, "100", "true") "{\n");
    struct result result = roadmap(&home, "roadmap");
    assert_int_equal(result.status, 3);
    assert_non_null(strstr(result.err, "/racelab/history.jsonl:2: this line is no finished round"));
    assert_non_null(strstr(result.out, "\n  " COUNTER "\n"));
    assert_null(strstr(result.out, "new"));
    assert_null(strstr(result.out, "mended:"));
    result_free(&result);

    result = sandbox_racelab(&home.box, "env -u XDG_STATE_HOME -u HOME", "roadmap");
    assert_int_equal(result.status, 3);
    assert_non_null(strstr(result.err, "HOME is not set"));
    assert_non_null(strstr(result.out, "\n  " COUNTER "\n"));
    result_free(&result);
    close_home(&home);
}

static void a_torn_line_is_told_and_the_rest_counts(void **state)
{
    (void)state;
    struct state_home home;
    open_home(&home, ROUND(COUNTER, "100", "true") "{\"version\":1,\"at\":17");
    struct result result = roadmap(&home, "roadmap");
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.err, "history.jsonl:2: this last line was cut short"));
    assert_non_null(strstr(result.out, "\n  mended  " COUNTER "\n"));
    assert_non_null(strstr(result.out, "\nNext: nothing; every pair here is mended.\n"));
    result_free(&result);
    close_home(&home);
}

static void what_cannot_be_written_is_told(void **state)
{
    (void)state;
    struct state_home home;
    open_home(&home, NULL);
    struct result result = roadmap(&home, "roadmap --json /dev/full");
    assert_int_equal(result.status, 5);
    assert_non_null(strstr(result.err, "/dev/full: No space left"));
    result_free(&result);
    result = roadmap(&home, "roadmap >/dev/full; s=$?; exec 2>/dev/null; exit $s; true");
    assert_int_equal(result.status, 5);
    result_free(&result);
    close_home(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_stands_there_once),
        cmocka_unit_test(it_tells_how_far_the_trainee_is),
        cmocka_unit_test(wrong_stations_are_told),
        cmocka_unit_test(a_history_that_cannot_be_read_costs_only_itself),
        cmocka_unit_test(a_torn_line_is_told_and_the_rest_counts),
        cmocka_unit_test(what_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
