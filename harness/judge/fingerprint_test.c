#include "judge/fingerprint.h"
#include "judge/made_inspection.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GATE "/home/x/gate/gate.c"

static void expect_hash(const char *bytes, const char *digits)
{
    char text[33];
    hash128_write(hash128_add(HASH128_EMPTY, bytes, strlen(bytes)), text);
    assert_string_equal(text, digits);
}

/* Known answers of FNV-1a, 128 bits. */
static void the_hash_is_fnv_1a(void **state)
{
    (void)state;
    expect_hash("", "6c62272e07bb014262b821756295c58d");
    expect_hash("a", "d228cb696f1a8caf78912b704e4a8964");
    expect_hash("foobar", "343e1662793c64bf6f0d3597ba446f18");
}

/* A source whose lines moved down by `inserted`. */
struct source {
    int inserted;
    const char *at_27;
    bool turned; /* what stood at 30 stands at 27 */
};

static char *line_of(const char *file, int line, void *user)
{
    const struct source *source = user;
    assert_string_equal(strrchr(file, '/') ? strrchr(file, '/') + 1 : file, "gate.c");
    line -= source->inserted;
    if (source->turned && (line == 27 || line == 30))
        line = 57 - line;
    switch (line) {
    case 27:
        return xstrdup(source->at_27);
    case 30:
        return xstrdup("    return visitors;");
    default:
        return xstrdup(line % 2 ? "    other();" : "    another();");
    }
}

/* The only bug's fingerprint; the inspection is used up. */
static void take(struct inspection *inspection, struct source *source, char text[33])
{
    struct bugs bugs;
    bugs_merge(inspection, source ? line_of : NULL, source, &bugs);
    assert_int_equal(bugs.count, 1);
    memcpy(text, bugs.items[0].fingerprint, 33);
    made_end(inspection, &bugs);
}

static void of_race(const char *object, int left, int right, struct source *source, char text[33])
{
    struct inspection inspection;
    made_begin(&inspection);
    made_race(&inspection, "tsan", object, left, right);
    take(&inspection, source, text);
}

static struct source plain = {.at_27 = "    visitors++;"};

static void inserted_lines_change_nothing(void **state)
{
    (void)state;
    char before[33];
    char after[33];
    of_race("visitors", 27, 30, &plain, before);
    assert_int_equal(strspn(before, "0123456789abcdef"), 32);
    struct source moved = {.inserted = 4, .at_27 = "\tvisitors++; "};
    of_race("visitors", 31, 34, &moved, after);
    assert_string_equal(before, after);
    of_race("visitors", 30, 27, &plain, after);
    assert_string_equal(before, after);
    struct source turned = {.at_27 = "visitors++;", .turned = true};
    of_race("visitors", 27, 30, &turned, after);
    assert_string_equal(before, after);
    /* Without the source the function stands for its lines. */
    of_race("visitors", 27, 30, NULL, before);
    of_race("visitors", 31, 34, NULL, after);
    assert_string_equal(before, after);
}

static void another_name_or_text_is_another_bug(void **state)
{
    (void)state;
    char before[33];
    char after[33];
    of_race("visitors", 27, 30, &plain, before);
    of_race("guests", 27, 30, &plain, after);
    assert_string_not_equal(before, after);
    struct source renamed = {.at_27 = "    guests++;"};
    of_race("visitors", 27, 30, &renamed, after);
    assert_string_not_equal(before, after);
    of_race("visitors", 27, 27, &plain, after);
    assert_string_not_equal(before, after);
    of_race(NULL, 27, 30, NULL, before);
    of_race("visitors", 27, 30, NULL, after);
    assert_string_not_equal(before, after);
}

static void address_thread_and_detector_make_no_difference(void **state)
{
    (void)state;
    struct inspection inspection;
    char one[33];
    char other[33];
    made_begin(&inspection);
    made_race(&inspection, "tsan", "visitors", 27, 30);
    made_race(&inspection, "drd", "visitors+8", 30, 0);
    take(&inspection, &plain, one);
    made_begin(&inspection);
    struct finding *finding = made_finding(&inspection, "helgrind", DEFECT_RACE, "visitors");
    finding->message = xstrdup("Possible data race during read of size 8 at 0x404090 by thread #9");
    made_site(finding, "thread 9", "reads", GATE, 30, "gate");
    made_site(finding, "main", "reads", GATE, 27, "gate");
    take(&inspection, &plain, other);
    assert_string_equal(one, other);
}

static void words_alone_count_without_this_runs_numbers(void **state)
{
    (void)state;
    static const char *const messages[] = {"Conflicting load by thread 3 at 0x404078 (pid=12)",
                                           "Conflicting load by thread 9 at 0x5078 (pid=77)"};
    char texts[2][33];
    for (int i = 0; i < 2; i++) {
        struct inspection inspection;
        made_begin(&inspection);
        made_finding(&inspection, "drd", DEFECT_RACE, NULL)->message = xstrdup(messages[i]);
        take(&inspection, NULL, texts[i]);
    }
    assert_string_equal(texts[0], texts[1]);
}

static void lock_orders_are_known_by_four_places_or_three(void **state)
{
    (void)state;
    static const int lines[2][5] = {{28, 29, 40, 41, 0}, {41, 28, 29, 0}};
    static const char *const objects[] = {"from, to", "to, from"};
    char texts[2][33];
    for (int i = 0; i < 2; i++) {
        struct inspection inspection;
        made_begin(&inspection);
        struct finding *order =
            made_finding(&inspection, i ? "tsan" : "drd", DEFECT_LOCK_ORDER, objects[i]);
        for (const int *line = lines[i]; *line; line++)
            made_site(order, NULL, NULL, GATE, *line, *line < 40 ? "pay" : "refund");
        take(&inspection, &plain, texts[i]);
    }
    assert_string_equal(texts[0], texts[1]);
}

static void misuse_is_known_by_its_call(void **state)
{
    (void)state;
    char texts[3][33];
    for (int i = 0; i < 3; i++) {
        struct inspection inspection;
        made_begin(&inspection);
        made_site(made_finding(&inspection, "tsan", DEFECT_MISUSE, i ? "plan" : NULL), NULL, NULL,
                  GATE, 27, "sell");
        take(&inspection, i < 2 ? &plain : NULL, texts[i]);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_string_not_equal(texts[1], texts[2]);
}

static void where_only_the_line_is_known_it_counts(void **state)
{
    (void)state;
    char texts[2][33];
    for (int i = 0; i < 2; i++) {
        struct inspection inspection;
        made_begin(&inspection);
        made_site(made_finding(&inspection, "tsan", DEFECT_WRONG_RESULT, NULL), NULL, NULL, GATE,
                  27 + i, NULL);
        take(&inspection, NULL, texts[i]);
    }
    assert_string_not_equal(texts[0], texts[1]);
}

static void bugs_that_look_alike_are_numbered(void **state)
{
    (void)state;
    char first[33];
    of_race("visitors", 40, 41, &plain, first);
    struct inspection inspection;
    struct bugs bugs;
    made_begin(&inspection);
    for (int i = 0; i < 4; i++)
        made_race(&inspection, "tsan", "visitors", 40 + i * 2, 41 + i * 2);
    bugs_merge(&inspection, line_of, &plain, &bugs);
    assert_int_equal(bugs.count, 4);
    for (size_t i = 0; i < bugs.count; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(bugs.items[i].fingerprint, bugs.items[j].fingerprint);
        if (bugs.items[i].finding->sites[0].line == 40)
            assert_string_equal(bugs.items[i].fingerprint, first);
    }
    made_end(&inspection, &bugs);
}

static void paths_count_from_the_root(void **state)
{
    (void)state;
    static const char *const files[] = {"/home/x/gate/src/gate.c", "src/gate.c", "src/./gate.c",
                                        "/elsewhere/src/gate.c"};
    char texts[4][33];
    for (int i = 0; i < 4; i++) {
        struct inspection inspection;
        made_begin(&inspection);
        made_site(made_finding(&inspection, "tsan", DEFECT_LEAK, NULL), NULL, NULL, files[i], 46,
                  "main");
        take(&inspection, NULL, texts[i]);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_string_equal(texts[0], texts[2]);
    assert_string_not_equal(texts[0], texts[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_fnv_1a),
        cmocka_unit_test(inserted_lines_change_nothing),
        cmocka_unit_test(another_name_or_text_is_another_bug),
        cmocka_unit_test(address_thread_and_detector_make_no_difference),
        cmocka_unit_test(words_alone_count_without_this_runs_numbers),
        cmocka_unit_test(lock_orders_are_known_by_four_places_or_three),
        cmocka_unit_test(misuse_is_known_by_its_call),
        cmocka_unit_test(where_only_the_line_is_known_it_counts),
        cmocka_unit_test(bugs_that_look_alike_are_numbered),
        cmocka_unit_test(paths_count_from_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
