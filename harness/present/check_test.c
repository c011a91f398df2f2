#include "present/check.h"

#include "model/memory.h"
#include "present/check_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN RACELAB_ROOT "/harness/present/testdata/"

static char *printed(const struct check_fixture *fixture, struct style style,
                     struct check_options options)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    options.line = fixture_line;
    check_print(out, &style, &fixture->inspection, &fixture->bugs, &options);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *file_text(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    ssize_t length = getdelim(&text, &room, '\0', in);
    assert_true(length > 0);
    fclose(in);
    return text;
}

static void expect_golden(const char *name, struct style style, struct check_options options)
{
    struct check_fixture fixture;
    fixture_shop(&fixture);
    char *path = xasprintf(GOLDEN "%s.txt", name);
    char *got = printed(&fixture, style, options);
    char *wanted = file_text(path);
    assert_string_equal(got, wanted);
    free(wanted);
    free(got);
    free(path);
    fixture_release(&fixture);
}

static void a_result_is_printed_as_recorded(void **state)
{
    (void)state;
    expect_golden("check-pipe", (struct style){0}, (struct check_options){.raw = true});
    expect_golden("check-brief", (struct style){0}, (struct check_options){.brief = true});
    expect_golden("check-80", (struct style){.width = 80}, (struct check_options){0});
    expect_golden("check-120", (struct style){.width = 120, .colour = true},
                  (struct check_options){0});
}

/* Without its colours, no line is longer than the terminal but where a single word is. */
static void lines_fit_the_terminal(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    for (int width = 60; width <= 140; width += 20) {
        char *got = printed(&fixture, (struct style){.width = width}, (struct check_options){0});
        for (const char *at = got; *at;) {
            size_t length = strcspn(at, "\n");
            /* hang_print_threads() does not break its lines. */
            bool place = memmem(at, length, "/home/u/shop", 12) ||
                         memmem(at, length, " waits for mutex ", 17);
            if (!place && length > (size_t)width)
                fail_msg("at width %d: %.*s", width, (int)length, at);
            at += length + (at[length] == '\n');
        }
        free(got);
    }
    fixture_release(&fixture);
}

static void silence_is_told_with_what_it_does_not_mean(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_quiet(&fixture);
    char *got = printed(&fixture, (struct style){0}, (struct check_options){0});
    assert_non_null(strstr(got, "No bug was seen in 3 runs under tsan and helgrind. That is no "
                                "proof"));
    free(got);
    for (size_t i = 0; i < 2; i++) {
        struct inspected *detector = &fixture.inspection.detectors[i];
        for (size_t r = 0; r < detector->run_count; r++)
            detector->runs[r].report.trouble = xstrdup("it was not at work");
    }
    got = printed(&fixture, (struct style){0}, (struct check_options){0});
    assert_null(strstr(got, "No bug was seen"));
    assert_non_null(strstr(got, "No run proves anything"));
    free(got);
    fixture_release(&fixture);
}

static void bugs_on_one_object_are_told_in_full_once(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    struct bug *bugs = fixture.bugs.items;
    struct bug known = bugs[3];
    bugs[3] = bugs[2];
    bugs[2] = known;
    bugs[2].known = false;
    char *got = printed(&fixture, (struct style){0}, (struct check_options){0});
    const char *second = strstr(got, "3. race on `till`");
    assert_non_null(second);
    assert_non_null(strstr(second, "for more see bug 2"));
    assert_null(strstr(got, "for more see bug 1"));
    free(got);
    free(bugs[2].object);
    bugs[2].object = xstrdup("till");
    got = printed(&fixture, (struct style){0}, (struct check_options){0});
    assert_null(strstr(got, "for more"));
    free(got);
    fixture_release(&fixture);
}

static void known_bugs_are_only_counted(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    for (size_t i = 0; i < fixture.bugs.count; i++)
        fixture.bugs.items[i].known = true;
    char *got = printed(&fixture, (struct style){0}, (struct check_options){0});
    assert_null(strstr(got, "visitors"));
    assert_non_null(strstr(got, "4 known bugs are not shown\nno other bug was seen\n"));
    free(got);
    fixture_release(&fixture);
}

static void logs_have_no_times_and_no_silent_detectors(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    fixture.inspection.logs = true;
    char *got = printed(&fixture, (struct style){0}, (struct check_options){0});
    assert_non_null(strstr(got, "tsan in 3 of 3 logs"));
    assert_null(strstr(got, "silent"));
    assert_null(strstr(got, " time\n"));
    free(got);
    fixture_release(&fixture);
}

static void nothing_hostile_gets_through(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_hostile(&fixture);
    for (int width = 0; width <= 120; width += 40) {
        char *got =
            printed(&fixture, (struct style){.width = width}, (struct check_options){.raw = true});
        for (const char *at = got; *at; at++)
            assert_true((*at >= ' ' && *at <= '~') || *at == '\n');
        /* The forged line stands in no place where a line of ours would. */
        assert_null(strstr(got, "\n0 bugs"));
        assert_non_null(strstr(got, "\n1 bug: 1 race\n"));
        free(got);
    }
    fixture_release(&fixture);
}

static void a_long_name_stands_whole(void **state)
{
    (void)state;
    struct check_fixture fixture;
    fixture_shop(&fixture);
    struct site *site = fixture.inspection.detectors[0].runs[0].report.findings.items[0].sites;
    free(site->function);
    site->function = xcalloc(100001, 1);
    memset(site->function, 'f', 100000);
    char *got = printed(&fixture, (struct style){.width = 80}, (struct check_options){0});
    assert_non_null(strstr(got, site->function));
    free(got);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_printed_as_recorded),
        cmocka_unit_test(lines_fit_the_terminal),
        cmocka_unit_test(silence_is_told_with_what_it_does_not_mean),
        cmocka_unit_test(bugs_on_one_object_are_told_in_full_once),
        cmocka_unit_test(known_bugs_are_only_counted),
        cmocka_unit_test(logs_have_no_times_and_no_silent_detectors),
        cmocka_unit_test(nothing_hostile_gets_through),
        cmocka_unit_test(a_long_name_stands_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
