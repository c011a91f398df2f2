#include "review/draw_parts.h"
#include "review/made_corpus.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A round of a twin, as a program. */
static void make_round(const struct corpus *corpus, enum polarity polarity, struct round *round)
{
    struct candidate what = {.pair = &corpus->pairs[0], .polarity = polarity};
    round_make(corpus, &what, 1, round);
}

/* The wanted lines as letters at their place, W, the neutral ones ~, all others a dot. */
static char *parts_of(const struct round *round)
{
    char *text = xcalloc(round->program.line_count + 1, 1);
    for (size_t i = 0; i < round->program.line_count; i++)
        text[i] = ".W~"[round->parts[i]];
    return text;
}

static const struct example {
    const char *buggy;
    const char *fixed;
    const char *parts;   /* of the buggy twin */
    const char *classes; /* one letter for each that is right, in the order of the enumeration */
    const char *hints[REVIEW_HINTS];
} examples[] = {
    /* Both sides of a race; where it is noticed is neutral. */
    {"int sum;\nvoid f(void)\n{\n    sum++; /* bug: race(sum) */\n}\n"
     "int main(void)\n{\n    sum--; /* bug: race(sum); drd blind: x */\n    assert(!sum); /* bug: "
     "wrong-result(sum) */\n}\n",
     "int sum;\nint lock;\nvoid f(void)\n{\n    lock(); sum++; /* bug: race(sum) */\n}\n"
     "int main(void)\n{\n    sum--; /* bug: race(sum) */\n    assert(!sum); /* bug: "
     "wrong-result(sum) */\n}\n",
     "...W...W~.",
     "1000100",
     {"Look at `sum`.",
      "Look at `sum`, and at what is read, written, held and waited for in f() and main().",
      "Look at line 4."}},
    /* The join of a hang is neutral in main() where another line of it remains. */
    {"void f(void)\n{\n    take(a); /* bug: hang(a, b) */\n    pthread_join(x); /* bug: hang(a, b) "
     "*/\n}\n"
     "int main(void)\n{\n    a = b;\n    waitpid(x); /* bug: hang(a, b) */\n}\n",
     "void f(void)\n{\n    take(b); /* bug: hang(a, b) */\n    pthread_join(x); /* bug: hang(a, b) "
     "*/\n}\n"
     "int main(void)\n{\n    a = b;\n    waitpid(x); /* bug: hang(a, b) */\n}\n",
     "..WW....~.",
     "0001000",
     {"Look at `a` and `b`.",
      "Look at `a` and `b`, and at what is read, written, held and waited for in f().",
      "Look at line 3."}},
    /* Where it is all there is, it is wanted; a name that is in one twin alone is not said. */
    {"int main(void)\n{\n    gone = 1;\n    wait(NULL); /* bug: hang(gone) */\n}\n",
     "int main(void)\n{\n    wait(NULL); /* bug: hang(gone) */\n}\n",
     "..~W.",
     "0001000",
     {"Look at main().", "Look at what is read, written, held and waited for in main().",
      "Look at line 4."}},
    /* A call that is missing: what stands beside it is no mistake. */
    {"void f(void)\n{\n    work(done);\n    return;\n}\n"
     "int main(void)\n{\n    take(done); /* bug: hang(done) */\n}\n",
     "void f(void)\n{\n    work(done);\n    tell(done);\n    return;\n}\n"
     "int main(void)\n{\n    take(done); /* bug: hang(done) */\n}\n",
     "..~~...W.",
     "0001000",
     {"Look at `done`.",
      "Look at `done`, and at what is read, written, held and waited for in main().",
      "Look at line 8."}},
    /* A line of two bugs is wanted where it is of one. */
    {"int main(void)\n{\n    go(); /* bug: hang */\n    wait(0); /* bug: hang */ /* bug: "
     "misuse(go) */\n}\n",
     "int main(void)\n{\n    go(1); /* bug: hang */\n    wait(0); /* bug: hang */ /* bug: "
     "misuse(go) */\n}\n",
     "..WW.",
     "0011000",
     {"Look at `go`.", "Look at `go`, and at what is read, written, held and waited for in main().",
      "Look at line 3."}},
    /* Noticed and no more: what the fix takes out, and what stands beside that which it adds: the nearest that does
     * something, within functions. */
    {"int seats;\nvoid f(void)\n{\n    look();\n\n    {\n        take();\n    }\n    old();\n}\n"
     "int main(void)\n{\n    assert(seats); /* bug: wrong-result(seats) */\n}\n",
     "int seats;\nint lock;\nvoid f(void)\n{\n    look();\n\n    {\n        lock();\n        "
     "take();\n    }\n}\n"
     "int main(void)\n{\n    assert(seats); /* bug: wrong-result(seats) */\n}\n",
     "...W..W.W...~.",
     "0000100",
     {"Look at `seats`.",
      "Look at `seats`, and at what is read, written, held and waited for in f().",
      "Look at line 4."}},
    /* Nor does the fix touch a function: where it is noticed. */
    {"#define N 1\nint main(void)\n{\n    use(N); /* bug: crash */\n}\n",
     "#define N 2\nint main(void)\n{\n    use(N); /* bug: crash */\n}\n",
     "...W.",
     "0000010",
     {"Look at main().", "Look at what is read, written, held and waited for in main().",
      "Look at line 4."}},
};

static void keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
        const struct example *example = &examples[i];
        struct corpus corpus = {0};
        struct round rounds[2];
        made_pair(&corpus, "race/till", example->buggy, example->fixed);
        made_corpus(&corpus);
        for (enum polarity p = BUGGY; p <= FIXED; p++)
            make_round(&corpus, p, &rounds[p]);
        char *parts = parts_of(&rounds[BUGGY]);
        assert_string_equal(parts, example->parts);
        free(parts);
        for (size_t d = 0; d < DEFECT_COUNT; d++) {
            assert_int_equal(rounds[BUGGY].classes[d], example->classes[d] == '1');
            assert_false(rounds[FIXED].classes[d]);
        }
        for (size_t h = 0; h < REVIEW_HINTS; h++)
            assert_string_equal(rounds[BUGGY].hints[h], example->hints[h]);
        /* The innocent twin has no lines, and the same hints but for the number of the line. */
        parts = parts_of(&rounds[FIXED]);
        assert_int_equal(strspn(parts, "."), rounds[FIXED].program.line_count);
        free(parts);
        assert_string_equal(rounds[FIXED].hints[0], example->hints[0]);
        assert_string_equal(rounds[FIXED].hints[1], example->hints[1]);
        assert_int_equal(strncmp(rounds[FIXED].hints[2], "Look at line ", 13), 0);
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            assert_int_equal(rounds[p].option_count, 0); /* no wrong patches */
            assert_null(rounds[p].diff);
            assert_null(rounds[p].base.text);
            round_release(&rounds[p]);
        }
        corpus_release(&corpus);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
