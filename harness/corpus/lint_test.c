/* The linter: names, headers, lengths, lines, and what a program must have. */
#include "corpus/lint_examples.h"
#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_good_pair_has_no_fault(void **state)
{
    (void)state;
    static const struct example examples[] = {{.complaint = NULL}};
    RUN("race", examples);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *complaint;
        size_t count;
    } wrong[] = {
        {"two_tills2", NULL, 0},
        {"Two_tills", "`Two_tills` is no name for a case", 0},
        {"2_tills", "`2_tills` is no name for a case", 0},
        {"two-tills", "`two-tills` is no name for a case", 0},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        const struct example example = {.complaint = wrong[i].complaint};
        run_examples("race", wrong[i].name, &example, 1);
    }
    open_pair("order", "two_tills");
    load_pair(&corpus.pairs[0]);
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[1]);
    expect(&(struct example){.complaint = "order/two_tills has the same name"});
    open_pair("order", "three_tills");
    load_pair(&corpus.pairs[0]);
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[1]);
    expect(&(struct example){.complaint = NULL});
}

static void headers(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_FIXED, "the lock held", "a lock held"}}, "header comment differs", FIXED, 7, 2},
        {{{IN_FIXED, "/*\n * two", "\n/*\n * two"}}, "does not begin with its header", FIXED, 1, 2},
        {{{IN_BOTH, "/*\n * two", "/* two"}}, "the title is one line", BUGGY, 2, 0},
        {{{IN_BOTH, "lock\n *\n", "lock,\n * and none\n"}}, "the title is one line", BUGGY, 2, 0},
        {{{IN_BOTH, "threads,", "threads, Lok,"}}, "`Lok` is no station", BUGGY, 8, 0},
        {{{IN_BOTH, "threads,", "threads;"}}, "`threads; process Queue` is no", BUGGY, 8, 0},
        {{{IN_BOTH, "shared memory", "races."}}, "`races.` is no station", BUGGY, 8, 0},
        {{{IN_BOTH, "CWE-820 ", "CWE 820 "}}, "`CWE 820 Missing Sync", BUGGY, 9, 0},
        {{{IN_BOTH, "CWE-820 ", "CWE-"}}, "`CWE-Missing Synchron", BUGGY, 9, 0},
        {{{IN_BOTH, "CWE-820 ", "CWE-0820 "}}, "`CWE-0820 Missing", BUGGY, 9, 0},
        {{{IN_BOTH, "CWE-820 Missing Synchronization", "CWE-820"}}, "`CWE-820` is no", BUGGY, 9, 0},
        {{{IN_BOTH, "Thread;", "Thread,"}}, NULL, BUGGY, 0, 0}, /* a title may have commas */
        {{{IN_BOTH, "CON43-C;", "CON43-C,"}}, "`CON43-C, POS49-C` is no rule", BUGGY, 11, 0},
        {{{IN_BOTH, "CON43-C", "COM43-C"}}, "`COM43-C` is no rule", BUGGY, 11, 0},
        {{{IN_BOTH, "CON43-C", "CON4-C"}}, "`CON4-C` is no rule", BUGGY, 11, 0},
        {{{IN_BOTH, "CON43-C", "CON43-CPP"}}, "`CON43-CPP` is no rule", BUGGY, 11, 0},
        {{{IN_BOTH, "CON43-C", "none"}}, "`none` is no rule", BUGGY, 11, 0},
        {{{IN_BOTH, "CON43-C; POS49-C", "none"}}, NULL, BUGGY, 0, 0},
        {{{IN_BOTH, "POS49-C\n", "POS49-C\n * Size: big\n"}}, "`Size: big`", BUGGY, 12, 3},
        {{{IN_BOTH, "POS49-C\n", "POS49-C\n * Rate: It shows.\n"}},
         "no annotation says `rate`",
         BUGGY,
         12,
         0},
        {{{IN_BOTH, "dog blind", "dog rate"}}, "the header has no `Rate:`", BUGGY, 32, 0},
        {{{IN_BOTH, "dog blind", "dog rate"},
          {IN_BOTH, "POS49-C\n", "POS49-C\n * Rate: It shows.\n"}},
         NULL,
         BUGGY,
         0,
         0},
        {{{IN_BOTH, "POS49-C\n", "POS49-C\n * Limit: 3 s\n"}}, "`Limit:` is for", BUGGY, 12, 0},
        {{{IN_BOTH, "POS49-C\n", "POS49-C\n * Limit: 3 s\n"},
          {IN_BOTH, "pthread_join(other, NULL);", "pthread_join(other, NULL); /* bug: hang */"}},
         NULL,
         BUGGY,
         0,
         0},
        /* What is still to be written is told once, and in both twins. */
        {{{IN_BOTH, "threads,", "TODO,"}}, "a TODO is left", FIXED, 8, 2},
        {{{IN_BOTH, "CON43-C", "TODO"}}, "a TODO is left", BUGGY, 11, 2},
    };
    RUN("race", examples);
}

static void a_cwe_has_one_title(void **state)
{
    (void)state;
    static const struct change other = {IN_BOTH, "CWE-820 Missing", "CWE-820 Absent"};
    open_pair("order", "three_tills");
    change_pair(&corpus.pairs[0], &other);
    load_pair(&corpus.pairs[0]);
    open_pair("race", "two_tills");
    load_pair(&corpus.pairs[1]);
    expect(&(struct example){.complaint = "another title in order/three_tills, `Absent Synch",
                             .line = 9});
}

/* Both twins with lines added until the buggy one has so many. */
static void lint_length(size_t lines, bool large, const char *complaint)
{
    open_pair("race", "two_tills");
    if (large)
        change_pair(&corpus.pairs[0],
                    &(struct change){IN_BOTH, "POS49-C\n", "POS49-C\n * Size: large\n"});
    size_t count = large;
    for (const char *at = sources[BUGGY]; (at = strchr(at, '\n')); at++)
        count++;
    char *padding = xstrdup("sum;\n");
    for (; count < lines; count++) {
        char *longer = xasprintf("%s;\n", padding);
        free(padding);
        padding = longer;
    }
    change_pair(&corpus.pairs[0], &(struct change){IN_BOTH, "sum;\n", padding});
    free(padding);
    load_pair(&corpus.pairs[0]);
    /* The fixed twin is two lines longer. */
    expect(&(struct example){.complaint = complaint, .twin = FIXED});
}

static void lengths(void **state)
{
    (void)state;
    lint_length(98, false, NULL);
    lint_length(99, false, "101 lines are more than 100");
    lint_length(398, true, NULL);
    lint_length(399, true, "401 lines: a program with `Size: large` has 150 to 400");
    lint_length(150, true, NULL);
}

static void too_short_for_large(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_BOTH, "POS49-C\n", "POS49-C\n * Size: large\n"}}, "has 150 to 400", BUGGY, 0, 2},
    };
    RUN("race", examples);
}

/* 100 columns in 102 bytes, and one more. */
#define WIDE                                                                                       \
    "sum; /* \u00e4\u20ac234567890123456789012345678901234567890123456789012345678901234567890"    \
    "123456 */"

static void lines(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_BOTH, "long sum;", "long " WIDE}}, NULL, BUGGY, 0, 0},
        {{{IN_BOTH, "long sum;", "long  " WIDE}}, "101 columns are more", BUGGY, 17, 2},
        {{{IN_BOTH, "long sum;", "long\tsum;"}}, "a tab", FIXED, 17, 2},
        {{{IN_BOTH, "long sum;", "long sum;\r"}}, "a carriage return", FIXED, 17, 2},
        {{{IN_BOTH, "long sum;", "long\fsum;"}}, "a control character", FIXED, 17, 2},
        {{{IN_BOTH, "long sum;", "long sum; "}}, "blanks at the end", BUGGY, 17, 2},
        {{{IN_BOTH, "return 0;\n}\n", "return 0;\n}"}}, "has no newline", BUGGY, 35, 2},
        {{{IN_BOTH, "return 0;\n}\n", "return 0;\n}\n\n"}}, "an empty last line", BUGGY, 36, 2},
    };
    RUN("race", examples);
}

static void programs(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_BOTH, "    assert(", "    return !("}}, "has no assert", FIXED, 0, 2},
        {{{IN_FIXED, "    pthread_create(", "    start("}}, "makes no thread", FIXED, 0, 0},
        {{{IN_BOTH, "    pthread_create(", "    fork("}}, NULL, FIXED, 0, 0},
        {{{IN_BOTH, "pthread_t other;", "pthread_t other; /* TODO */"}}, "TODO", FIXED, 30, 2},
    };
    RUN("race", examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_pair_has_no_fault),
        cmocka_unit_test(names),
        cmocka_unit_test(headers),
        cmocka_unit_test(a_cwe_has_one_title),
        cmocka_unit_test(lengths),
        cmocka_unit_test(too_short_for_large),
        cmocka_unit_test(lines),
        cmocka_unit_test(programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
