#include "corpus/diff.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "first+count,first+count" a hunk. */
static char *describe(const struct hunks *hunks)
{
    char *text = xstrdup("");
    for (size_t i = 0; i < hunks->count; i++) {
        const struct hunk *hunk = &hunks->items[i];
        char *longer = xasprintf("%s%s%zu+%zu,%zu+%zu", text, i ? " " : "", hunk->first[0],
                                 hunk->count[0], hunk->first[1], hunk->count[1]);
        free(text);
        text = longer;
    }
    return text;
}

static void differences(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *second;
        const char *hunks;
        size_t changed;
    } cases[] = {
        {"", "", "", 0},
        {"a\nb\n", "a\nb\n", "", 0},
        {"", "a\nb\n", "0+0,0+2", 2},
        {"a\nb\n", "", "0+2,0+0", 2},
        {"a\nb\nc\n", "a\nX\nc\n", "1+1,1+1", 2},
        {"a\nb\nc\n", "a\nc\n", "1+1,1+0", 1},
        {"a\nb\nc\n", "X\na\nb\nc\nY\n", "0+0,0+1 3+0,4+1", 2},
        {"a\nb", "a\nb\n", "", 0}, /* a missing last newline is no other line */
        {"a\nb\nc\nd\n", "b\nc\nd\na\n", "0+1,0+0 4+0,3+1", 2},
        /* The second `}` can be the kept one in one place, not in two. */
        {"{\n}\n", "{\nx\n}\n{\n}\n", "1+0,1+3", 3},
        /* The fewest lines come before the fewest hunks. */
        {"a\nk\nb\n", "c\nk\nd\n", "0+1,0+1 2+1,2+1", 4},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct text_lines lines[2];
        struct hunks hunks = {0};
        lines_read(cases[i].first, strlen(cases[i].first), &lines[0]);
        lines_read(cases[i].second, strlen(cases[i].second), &lines[1]);
        diff_lines(&lines[0], &lines[1], &hunks);
        char *text = describe(&hunks);
        if (strcmp(text, cases[i].hunks) != 0 || hunks_changed(&hunks) != cases[i].changed)
            fail_msg("case %zu: %zu changed, %s", i, hunks_changed(&hunks), text);
        free(text);
        hunks_release(&hunks);
        lines_release(&lines[0]);
        lines_release(&lines[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(differences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
