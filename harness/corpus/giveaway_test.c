#include "corpus/giveaway.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char family[] = "false_alarm";
static char first_name[] = "two_tills";
static char second_name[] = "ring_3";
static struct pair pairs[] = {{.family = family, .name = first_name},
                              {.family = family, .name = second_name}};
static const struct corpus corpus = {.pairs = pairs, .count = 2};

static void tells(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        const char *tells;
    } cases[] = {
        {"race", "race"},
        {"trace", NULL},
        {"races", NULL},
        {"orders", NULL},
        {"on_order", "order"},
        {"order2", "order"},
        {"ORDER_MAX", "order"},
        {"placeOrder", "order"},
        {"placeorder", NULL},
        {"\"the order of things\"", "order"},
        {"\"a\\norder\"", "order"},
        {"\"\\torn\"", NULL}, /* a tab and `orn` */
        {"'x'", NULL},
        {"/* race */", NULL},
        {"0xbug", NULL},
        {"memory_order_acquire", NULL},
        {"PTHREAD_PROCESS_SHARED", NULL},
        {"my_memory_order", "order"},
        {"two_tills", "two_tills"},
        {"struct_two_tills_t", "two_tills"},
        {"two_two_tills", "two_tills"},
        {"\"Two tills.\"", "two_tills"},
        {"two_new_tills", NULL},
        {"tills_two", NULL},
        {"two", NULL},
        {"a_ring", "ring_3"},
        {"false", NULL},
        {"false_start", NULL},
        {"falseAlarm", "alarm"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct tokens tokens = {0};
        tokens_read(cases[i].source, strlen(cases[i].source), &tokens);
        const char *said = tokens.count > 0 ? giveaway_in(&corpus, &tokens.items[0]) : NULL;
        if (said == NULL ? cases[i].tells != NULL
                         : !cases[i].tells || strcmp(said, cases[i].tells) != 0)
            fail_msg("%s tells `%s`", cases[i].source, said ? said : "nothing");
        tokens_release(&tokens);
    }
}

static void names(void **state)
{
    (void)state;
    assert_true(giveaway_name("a memory_order b", 16, "memory_order"));
    assert_true(giveaway_name("memoryOrder", 11, "memory_order"));
    assert_false(giveaway_name("memory_order", 8, "memory_order"));
    assert_false(giveaway_name("memory", 6, "memory_order"));
    assert_false(giveaway_name("anything", 8, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tells), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
