#include "detect/go_text.h"

#include "detect/testdata.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECORDED_PROGRAM RECORDED_ROOT "harness/detect/testdata/programs/go_kinds.go"

struct reading {
    struct findings findings;
    char *trouble;
    size_t theirs; /* lines that are of the race detector */
};

static struct reading read_text(const char *text, size_t length)
{
    struct reading reading = {0};
    struct go_reader *reader = go_reader_new(NULL, &reading.findings);
    struct span rest = {text, length};
    for (size_t number = 1; rest.length > 0; number++)
        reading.theirs += go_reader_line(reader, span_line(&rest), number);
    reading.trouble = go_reader_end(reader);
    return reading;
}

static void release(struct reading *reading)
{
    findings_release(&reading->findings);
    free(reading->trouble);
}

static void check_site(const struct site *site, const char *thread, const char *act,
                       const char *function)
{
    assert_string_equal(site->thread, thread);
    assert_string_equal(site->act, act);
    assert_string_equal(site->function, function);
    assert_string_equal(site->file, RECORDED_PROGRAM);
    assert_true(site->line > 0);
    assert_int_equal(site->locks_held, -1);
}

static void races_have_both_sides(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("go-1.19-kinds.txt", &length);
    struct reading r = read_text(text, length);
    assert_null(r.trouble);
    assert_int_equal(r.findings.count, 3);
    const struct finding *field = &r.findings.items[0];
    assert_int_equal(field->defect, DEFECT_RACE);
    assert_string_equal(field->message, "data race");
    assert_int_equal(field->raw_line, 2);
    assert_int_equal(field->site_count, 2);
    check_site(&field->sites[0], "main goroutine", "reads", "main.(*account).pay");
    check_site(&field->sites[1], "goroutine 7", "writes", "main.(*account).pay");
    assert_int_equal(field->sites[0].line, 14);
    assert_int_equal(field->sites[0].stack.count, 4);
    assert_string_equal(field->sites[0].stack.frames[3].function, "main.main");
    assert_int_equal(field->background_count, 1);
    assert_int_equal(field->backgrounds[0].kind, THREAD_MADE);
    assert_string_equal(field->backgrounds[0].subject, "goroutine 7");
    assert_string_equal(field->backgrounds[0].text, "Goroutine 7 (running) created at:");
    assert_string_equal(field->backgrounds[0].stack.frames[0].function, "main.both");
    assert_memory_equal(field->raw, "WARNING: DATA RACE\nRead at ", 27);
    assert_null(strstr(field->raw, "===="));

    /* The access itself is in the runtime's map; the bug stands where it is called. */
    const struct finding *map = &r.findings.items[1];
    check_site(&map->sites[0], "main goroutine", "reads", "main.main.func4");
    check_site(&map->sites[1], "goroutine 8", "writes", "main.main.func3");
    assert_string_equal(map->sites[0].stack.frames[0].function, "runtime.mapaccess1_faststr");
    release(&r);
    free(text);
}

static void equal_reports_are_counted(void **state)
{
    (void)state;
    static const char form[] = "==================\nWARNING: DATA RACE\n"
                               "Write at 0x%x by goroutine %d:\n"
                               "  main.f()\n      /src/x.go:%d +0x44\n\n"
                               "Previous write at 0x%x by goroutine %d:\n"
                               "  main.g()\n      /src/x.go:9 +0x44\n\n"
                               "Goroutine %d (finished) created at:\n"
                               "  main.main()\n      /src/x.go:3 +0x44\n==================\n";
    for (int same = 0; same < 2; same++) {
        char *one = xasprintf(form, 10, 7, 5, 10, 8, 7);
        char *two = xasprintf(form, 99, 18, same ? 5 : 6, 99, 7, 18);
        char *text = xasprintf("%s%sFound 2 data race(s)\nexit status 66\n", one, two);
        struct reading r = read_text(text, strlen(text));
        assert_null(r.trouble);
        assert_int_equal(r.findings.count, same ? 1 : 2);
        assert_int_equal(r.findings.items[0].times, same ? 2 : 1);
        release(&r);
        free(text);
        free(two);
        free(one);
    }
}

static void a_lost_stack_is_a_side_without_a_place(void **state)
{
    (void)state;
    static const char text[] = "WARNING: DATA RACE\n"
                               "Write at 0x1 by goroutine 7:\n"
                               "the program's own line\n"
                               "  main.f()\n      /src/x.go:5 +0x44\n\n"
                               "Previous read at 0x1 by goroutine 8:\n"
                               "  [failed to restore the stack]\n\n"
                               "Goroutine 8 (finished) created at:\n"
                               "  ?\?()\n      -:0 +0xffffffffffffffff\n==================\n";
    struct reading r = read_text(text, strlen(text));
    assert_null(r.trouble);
    assert_int_equal(r.findings.count, 1);
    assert_int_equal(r.findings.items[0].site_count, 2);
    assert_int_equal(r.findings.items[0].sites[0].line, 5);
    assert_null(r.findings.items[0].sites[1].file);
    assert_string_equal(r.findings.items[0].sites[1].thread, "goroutine 8");
    assert_string_equal(r.findings.items[0].sites[1].act, "reads");
    assert_null(r.findings.items[0].backgrounds[0].stack.frames[0].function);
    assert_null(strstr(r.findings.items[0].raw, "own line"));
    assert_int_equal(r.theirs, 12);
    release(&r);
}

static void every_cut_is_noticed(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = testdata_read("go-1.19-kinds.txt", &length);
    size_t begin = strlen("==================\nWARNING: DATA RACE\n");
    size_t end = (size_t)(strstr(text + begin, "\n====") - text);
    for (size_t cut = begin; cut < end; cut += 3) {
        struct reading r = read_text(text, cut);
        assert_non_null(r.trouble);
        assert_non_null(strstr(r.trouble, "line 2 is cut off"));
        assert_int_equal(r.findings.count, 1);
        release(&r);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(races_have_both_sides),
        cmocka_unit_test(equal_reports_are_counted),
        cmocka_unit_test(a_lost_stack_is_a_side_without_a_place),
        cmocka_unit_test(every_cut_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
