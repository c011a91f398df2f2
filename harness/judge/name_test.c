#include "judge/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_agree(const char *left, const char *right, bool expected)
{
    struct names names[2] = {{0}, {0}};
    names_add_list(&names[0], left);
    names_add_list(&names[1], right);
    assert_int_equal(names_agree(&names[0], &names[1]), expected);
    assert_int_equal(names_agree(&names[1], &names[0]), expected);
    names_release(&names[0]);
    names_release(&names[1]);
}

static void alike_or_less_told_agrees(void **state)
{
    (void)state;
    expect_agree("visitors", "visitors", true);
    expect_agree("table", "table+40", true);
    expect_agree("left", "left.lock", true);
    expect_agree("accounts", "accounts[1].lock", true);
    expect_agree("main.lock", "lock.0", true);
    expect_agree("visitors", NULL, true);
    expect_agree("visitors", "??", true);
    expect_agree("visitors", "0x404040", true);
}

static void different_names_do_not(void **state)
{
    (void)state;
    expect_agree("visitors", "visitor", false);
    expect_agree("left.lock", "right.lock", false);
    expect_agree("lock", "clock", false);
    expect_agree("a.x", "a.y", false);
}

static void sets_agree_where_one_holds_the_other(void **state)
{
    (void)state;
    expect_agree("orders, stock, accounts", "accounts, orders", true);
    expect_agree("from, to", "to, from", true);
    expect_agree("from, to", "to, bank", false);
}

static void a_set_is_sorted_and_plain(void **state)
{
    (void)state;
    struct names names = {0};
    names_add_list(&names, "to, from, to+8, ??, , x1");
    char *joined = names_join(&names);
    assert_string_equal(joined, "from, to, x1");
    free(joined);
    /* A name of its own may have a comma. */
    names_release(&names);
    names_add(&names, "map<int, int>::size");
    assert_int_equal(names.count, 1);
    names_release(&names);
    assert_null(names_join(&names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_or_less_told_agrees),
        cmocka_unit_test(different_names_do_not),
        cmocka_unit_test(sets_agree_where_one_holds_the_other),
        cmocka_unit_test(a_set_is_sorted_and_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
