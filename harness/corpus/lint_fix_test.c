/* The linter: the difference of the twins, sleeps, and promises. */
#include "corpus/lint_examples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define LOCKS   "    pthread_mutex_lock(&lock);\n"
#define UNLOCKS "    pthread_mutex_unlock(&lock);\n"

static void twins_differ_by_code(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_FIXED, LOCKS, ""}, {IN_FIXED, UNLOCKS, ""}}, "is the same as the", FIXED, 0, 0},
        {{{IN_FIXED, "    pthread_t other;\n", "    pthread_t other;\n\n"}},
         "in comments or white space alone",
         FIXED,
         31,
         0},
        {{{IN_FIXED, "long sum;", "long sum; /* guarded by lock */"}},
         "in comments or white space alone",
         FIXED,
         17,
         0},
        {{{IN_BUGGY, "    return 0;\n}\n", "    return 0;\n}\n/* over */\n"}},
         "in comments or white space alone",
         FIXED,
         37,
         0},
        {{{IN_FIXED, "till(\"sleep(1)\")", "till( \"sleep(1)\")"}},
         "in comments or white space alone",
         FIXED,
         32,
         0},
        /* A comment beside code that changes is a part of the fix. */
        {{{IN_FIXED, "(&lock);\n    sum", "(&lock); /* first */\n    sum"}}, NULL, FIXED, 0, 0},
        {{{IN_FIXED, "sum++; /*", "sum += 1; /*"}}, NULL, FIXED, 0, 0},
    };
    RUN("race", examples);
}

static void white_space_beside_the_fix(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_FIXED, "sum++; /*", "sum++;   /*"}}, "differs from line 22 of the", FIXED, 23, 0},
        {{{IN_FIXED, LOCKS "    sum++; /*", "    if (arg)\n        sum++;     /*"}},
         NULL,
         FIXED,
         0,
         0},
        {{{IN_FIXED, LOCKS "    sum++; /*", "    sum++;  /*"}, {IN_FIXED, UNLOCKS, ""}},
         "in comments or white space alone",
         FIXED,
         22,
         0},
    };
    RUN("race", examples);
}

static void annotations_look_the_same(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_FIXED, "sum); watchdog blind: here it says so\n        on",
           "sum);\n        watchdog blind: here it says so on"}},
         "the annotation is laid out otherwise",
         FIXED,
         34,
         2},
        {{{IN_FIXED, "/* bug: race(sum) */", "/*  bug: race(sum) */"}},
         "the annotation is laid out otherwise",
         FIXED,
         23,
         2},
        {{{IN_FIXED, "/* bug: race(sum) */", "// bug: race(sum)"}},
         "the annotation is laid out otherwise",
         FIXED,
         23,
         0},
    };
    RUN("race", examples);
}

static void a_fix_is_small(void **state)
{
    (void)state;
    static const struct example examples[] = {
        /* 4 places and 2 lines are there; 5 of them in the twin above and below. */
        {{{IN_BUGGY, "sum;\n\nstatic void", "sum;\nint a;\nint b;\n\nstatic void"},
          {IN_FIXED, "sum;\n\nstatic void",
           "sum;\nint c;\nint d;\nint e;\nint f;\nint g;\nint h;\nint i;\nint j;\nint k;\nint l;\n"
           "int m;\nint n;\nint o;\nint p;\nint q;\nint r;\n\nstatic void"}},
         NULL,
         FIXED,
         0,
         0},
        {{{IN_BUGGY, "sum;\n\nstatic void", "sum;\nint a;\nint b;\nint z;\n\nstatic void"},
          {IN_FIXED, "sum;\n\nstatic void",
           "sum;\nint c;\nint d;\nint e;\nint f;\nint g;\nint h;\nint i;\nint j;\nint k;\nint l;\n"
           "int m;\nint n;\nint o;\nint p;\nint q;\nint r;\n\nstatic void"}},
         "by 21 lines, more than 20",
         FIXED,
         18,
         0},
        {{{IN_FIXED, "{\n    pthread_t other;\n    pthread_create(&other, NULL, till, NULL);\n",
           "{\n    x();\n    pthread_t other;\n    x();\n"
           "    pthread_create(&other, NULL, till, NULL);\n    x();\n"},
          {IN_FIXED, "    return 0;\n}\n", "    x();\n    return 0;\n    x();\n}\n"}},
         NULL,
         FIXED,
         0,
         0},
        {{{IN_FIXED, "{\n    pthread_t other;\n    pthread_create(&other, NULL, till, NULL);\n",
           "{\n    x();\n    pthread_t other;\n    x();\n"
           "    pthread_create(&other, NULL, till, NULL);\n    x();\n"},
          {IN_FIXED, "    return 0;\n}\n", "    x();\n    return 0;\n    x();\n}\nint x;\n"}},
         "at 8 places, more than 7",
         FIXED,
         43,
         0},
    };
    RUN("race", examples);
}

#define INSTEAD(text)                                                                              \
    {                                                                                              \
        {                                                                                          \
            IN_BOTH, "    pthread_t other;\n", text "    pthread_t other;\n"                       \
        }                                                                                          \
    }

static void sleeps(void **state)
{
    (void)state;
    static const char complaint[] = "lets time pass, and that is no order";
    static const struct example examples[] = {
        {INSTEAD("    sleep(1);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    usleep (1);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    nanosleep(&t, NULL);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    clock_nanosleep(0, 0, &t, NULL);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    while (!x)\n        sched_yield();\n"), NULL, 0, 0, 0},
        {INSTEAD("    thrd_sleep(&t, NULL);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    select(0, NULL, NULL, NULL, &t);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    pselect(f(1, 2), &a[1], NULL, NULL, &t, NULL);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    select(9, &a, NULL, NULL, NULL);\n"), NULL, BUGGY, 0, 0},
        {INSTEAD("    pselect(f(1, 2), &(struct a){3, 4}, &x, &x, NULL, &t);\n"), NULL, 0, 0, 0},
        {INSTEAD("    poll(NULL, 0, 100);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    poll(a, 1, -10);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    ppoll(a, 1, &t, NULL);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    poll(a, 1, -1); poll(a, 1, 0); ppoll(a, 1, NULL, 0);\n"), NULL, 0, 0, 0},
        {INSTEAD("    epoll_wait(e, a, 1, 5);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    epoll_pwait(e, a, 1, 5, NULL);\n"), complaint, BUGGY, 28, 2},
        {INSTEAD("    epoll_wait(e, a, 1, -1); /* poll(a, 1, 2) */\n"), NULL, 0, 0, 0},
        /* Members and other names. */
        {INSTEAD("    hw.sleep(1); hw->poll(a, 1, 2); int sleep; my_sleep(3);\n"), NULL, 0, 0, 0},
    };
    RUN("race", examples);
}

static void excused_sleeps(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {INSTEAD("    sleep(1); /* lint: sleep: the bug is this */\n"), NULL, 0, 0, 0},
        {INSTEAD("    /* lint: sleep: the bug\n       is this */\n    sleep(1);\n"), NULL, 0, 0, 0},
        {INSTEAD("    sleep(1); /* one more */ // lint: sleep: the bug is this\n"), NULL, 0, 0, 0},
        {INSTEAD("    /* lint: sleep: two above */\n\n    sleep(1);\n"), "lets time", BUGGY, 30, 4},
        {INSTEAD("    x(); /* lint: sleep: beside */\n    sleep(1);\n"), "lets time", FIXED, 31, 4},
        {INSTEAD("    x(); /* lint: sleep: nobody */\n"), "nothing sleeps here", FIXED, 30, 2},
        {INSTEAD("    sleep(1); /* lint: sleep */\n"), "a comment that begins with", BUGGY, 28, 4},
        {INSTEAD("    sleep(1); /* lint: sleeps: x */\n"), "lets time pass", BUGGY, 28, 4},
        {INSTEAD("    /* about lint: sleep */\n"), NULL, 0, 0, 0},
    };
    RUN("race", examples);
}

static void promises(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{IN_BOTH, "race(sum)", "lock-order(sum)"}}, "a lock order needs two", FIXED, 23, 2},
        {{{IN_BOTH, "race(sum)", "lock-order(sum)"},
          {IN_BOTH, "till(\"sleep(1)\");", "till(NULL); /* bug: lock-order(sum) */"}},
         NULL,
         0,
         0,
         0},
        {{{IN_BOTH, " /* bug: race(sum)", "\n    /* bug: race(sum)"}}, "no code on", FIXED, 24, 2},
        {{{IN_BOTH, "race(sum)", "wrong-result(arg)"}}, "no result is checked", BUGGY, 22, 2},
        {{{IN_BOTH, "bug: race(sum)", "bug: race(sum) */ /* alarm: wrong-result by drd: x"}},
         NULL,
         0,
         0,
         0},
        {{{IN_BOTH, "return 0;", "return sum; /* bug: wrong-result(other) */"}}, NULL, 0, 0, 0},
        {{{IN_BOTH, "return 0;", "_exit(sum); /* bug: wrong-result(other) */"}}, NULL, 0, 0, 0},
        {{{IN_BOTH, "return 0;", "return (0); /* bug: wrong-result(other) */"}},
         "no result is checked",
         FIXED,
         36,
         2},
        {{{IN_BOTH, "return 0;", "exit(EXIT_SUCCESS); /* bug: wrong-result(other) */"}},
         "no result is checked",
         FIXED,
         36,
         2},
    };
    RUN("race", examples);
}

static void false_alarms_have_an_alarm(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{{0, NULL, NULL}}, "no `alarm:` annotation", BUGGY, 0, 0},
        {{{IN_BOTH, "bug: race(sum)", "bug: race(sum) */ /* alarm: race(arg) by drd: x"}},
         NULL,
         0,
         0,
         0},
    };
    RUN("false_alarm", examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twins_differ_by_code),
        cmocka_unit_test(white_space_beside_the_fix),
        cmocka_unit_test(annotations_look_the_same),
        cmocka_unit_test(a_fix_is_small),
        cmocka_unit_test(sleeps),
        cmocka_unit_test(excused_sleeps),
        cmocka_unit_test(promises),
        cmocka_unit_test(false_alarms_have_an_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
