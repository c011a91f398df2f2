/* racelab score from outside. */
#include "cli/sandbox.h"
#include "model/memory.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNTER "race/unlocked_counter"

static void expect(struct result result, int status, const char *out, const char *err)
{
    if (result.status != status || (out && !strstr(result.out, out)) ||
        (err && !strstr(result.err, err)))
        fail_msg("exit %d: %s%s", result.status, result.out, result.err);
    result_free(&result);
}

static void one_matrix_and_its_results_score_alike(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write_and_build(&box);
    struct result own = sandbox_racelab(&box, "", "score -d tsan -d drd -d watchdog");
    assert_int_equal(own.status, 0);
    assert_non_null(strstr(own.out, "1/1 100%"));
    assert_non_null(strstr(own.out, "0/1   0%"));
    assert_non_null(strstr(own.out, "pairs whose bug shows by chance, counted as not found: "
                                    "watchdog"));
    expect(sandbox_racelab(&box, "", "run -d tsan --json %s/tsan.json", box.folder), 0, NULL, NULL);
    expect(sandbox_racelab(&box, "", "run -d drd -d watchdog --json %s/rest.json", box.folder), 0,
           NULL, NULL);
    expect(sandbox_racelab(&box, "", "score --from %s/tsan.json --from %s/rest.json", box.folder,
                           box.folder),
           0, own.out, NULL);
    result_free(&own);
    sandbox_close(&box);
}

static void a_program_off_its_lines_is_reported_and_not_found(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        sandbox_mutate(&box, p, "/* bug: race(visitors) */", "");
        sandbox_mutate(&box, p, "    return NULL;", "    return NULL; /* bug: race(visitors) */");
    }
    sandbox_write_and_build(&box);
    struct result result = sandbox_racelab(&box, "", "score -d tsan --json -");
    assert_int_equal(result.status, 0);
    json_error_t error;
    json_t *json = json_loads(result.out, 0, &error);
    assert_non_null(json);
    json_t *all = json_object_get(json_array_get(json_object_get(json, "score"), 0), "all");
    assert_int_equal(json_integer_value(json_object_get(all, "pairs")), 1);
    assert_int_equal(json_integer_value(json_object_get(all, "reported")), 1);
    assert_int_equal(json_integer_value(json_object_get(all, "exact")), 0);
    json_decref(json);
    result_free(&result);
    expect(sandbox_racelab(&box, "", "score -d tsan --markdown -"), 0, "| race | 0/1   0% |", NULL);
    sandbox_close(&box);
}

static void wrong_files_are_named(void **state)
{
    (void)state;
    struct sandbox box;
    sandbox_open(&box, COUNTER);
    sandbox_write(&box);
    sandbox_build(&box, FLAVOUR_PLAIN, "");
    expect(sandbox_racelab(&box, "", "score --from /nonexistent"), 3, NULL, "/nonexistent: ");
    shell("echo '{\"schema\": 1}' >%s/empty.json", box.folder);
    expect(sandbox_racelab(&box, "", "score --from %s/empty.json", box.folder), 3, NULL,
           "empty.json: is no result");
    shell("echo '{\"schema\": 99, \"pairs\": []}' >%s/newer.json", box.folder);
    expect(sandbox_racelab(&box, "", "score --from %s/newer.json", box.folder), 3, NULL,
           "has schema 99");
    shell("echo '{\"schema\": 1, \"pairs\": [{\"id\": 7, \"cells\": [{}]}]}' >%s/odd.json",
          box.folder);
    expect(sandbox_racelab(&box, "", "score --from %s/odd.json", box.folder), 3, NULL,
           "odd.json: is no result");
    expect(sandbox_racelab(&box, "", "run -d watchdog --json %s/one.json", box.folder), 0, NULL,
           NULL);
    expect(sandbox_racelab(&box, "", "score --from %s/one.json --from %s/one.json", box.folder,
                           box.folder),
           3, NULL, "which another file has, too");
    expect(sandbox_racelab(&box, "", "score --from %s/one.json race", box.folder), 2, NULL,
           "--from takes results as they are");
    expect(sandbox_racelab(&box, "", "score -d watchdog --markdown /dev/full"), 5, NULL,
           "/dev/full: No space left");
    expect(sandbox_racelab(&box, "PATH=/nonexistent", "score -d drd"), 77, NULL, "no detector ran");
    sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_matrix_and_its_results_score_alike),
        cmocka_unit_test(a_program_off_its_lines_is_reported_and_not_found),
        cmocka_unit_test(wrong_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
