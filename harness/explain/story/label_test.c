#include "explain/story/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "explain/story/story_fixture.h"

/* Labels twice, for the second time must not leak or change anything, and releases. */
static void expect_labels(struct explanation *e, ...)
{
    story_label(e);
    story_label(e);
    va_list args;
    va_start(args, e);
    size_t count = 0;
    for (const char *want; (want = va_arg(args, const char *)); count++) {
        assert_true(count < e->thread_count);
        assert_string_equal(e->threads[count].label, want);
    }
    va_end(args);
    assert_int_equal(count, e->thread_count);
    explanation_release(e);
}

static void one_process(void **state)
{
    (void)state;
    struct explanation e = {0};
    add_process(&e);
    add_thread(&e, 0, NULL);
    add_thread(&e, 0, "payer");
    add_thread(&e, 0, NULL);
    add_thread(&e, 0, "worker");
    add_thread(&e, 0, "worker");
    add_thread(&e, 0, "");
    expect_labels(&e, "main", "thread 'payer'", "thread 3", "thread 'worker' (1)",
                  "thread 'worker' (2)", "thread 6", NULL);
}

static void inherited_names_are_none(void **state)
{
    (void)state;
    struct explanation e = {0};
    add_process(&e);
    set_text(&e.processes[0].program, "/bin/a_program_of_long_name");
    add_thread(&e, 0, "renamed");
    add_thread(&e, 0, "renamed");         /* made after the first had its new name */
    add_thread(&e, 0, "a_program_of_lo"); /* made before: as much as the kernel keeps */
    add_thread(&e, 0, "a_program");
    expect_labels(&e, "main", "thread 2", "thread 3", "thread 'a_program'", NULL);
}

static void a_first_thread_that_has_ended_keeps_its_number(void **state)
{
    (void)state;
    struct explanation e = {0};
    add_process(&e);
    add_thread(&e, 0, NULL);
    add_thread(&e, 0, "a");
    e.threads[0].first = false;
    expect_labels(&e, "thread 2", "thread 'a'", NULL);
}

static void several_processes(void **state)
{
    (void)state;
    struct explanation e = {0};
    for (size_t p = 0; p < 3; p++)
        add_process(&e);
    add_thread(&e, 0, NULL);
    add_thread(&e, 0, NULL);
    add_thread(&e, 1, NULL);
    add_thread(&e, 2, NULL);
    add_thread(&e, 2, "x");
    add_thread(&e, 2, NULL);
    expect_labels(&e, "main", "thread 2", "process 2", "main of process 3",
                  "thread 'x' of process 3", "thread 3 of process 3", NULL);
}

static void labels_are_unique_whatever_the_names(void **state)
{
    (void)state;
    static const char *const names[] = {"a",    "a",       "a' (1)", "2", "' of process 2",
                                        "main", "\x01\xff"};
    struct explanation e = {0};
    add_process(&e);
    add_process(&e);
    for (size_t p = 0; p < 2; p++) {
        add_thread(&e, p, NULL);
        add_thread(&e, p, NULL);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            add_thread(&e, p, names[i]);
    }
    story_label(&e);
    for (size_t i = 0; i < e.thread_count; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(e.threads[i].label, e.threads[k].label);
    }
    assert_string_equal(e.threads[8].label, "thread '\x01\xff'");
    explanation_release(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process),
        cmocka_unit_test(inherited_names_are_none),
        cmocka_unit_test(a_first_thread_that_has_ended_keeps_its_number),
        cmocka_unit_test(several_processes),
        cmocka_unit_test(labels_are_unique_whatever_the_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
