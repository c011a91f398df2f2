/*
 * corpus/token.h, corpus/diff.h and corpus/lint.h: a pair whose buggy twin is what stands before the first
 * NUL, and whose fixed twin is what stands behind it; an empty one where there is none.
 */
#include "corpus/lint.h"

#include "corpus/diff.h"
#include "corpus/lesson.h"
#include "corpus/token.h"

#include "fuzz/fuzz.h"

#include <string.h>

static void check_tokens(const char *source, size_t length)
{
    struct tokens tokens = {0};
    tokens_read(source, length, &tokens);
    const char *at = source;
    int line = 1;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.items[i];
        assert(token->length > 0 && token->text >= at);
        assert(token->text + token->length <= source + length);
        for (; at < token->text; at++)
            line += *at == '\n';
        assert(token->line == line);
        for (; at < token->text + token->length; at++)
            line += *at == '\n';
        assert(token->last_line == line);
        tokens_call_at(&tokens, i, "assert");
    }
    tokens_release(&tokens);
}

static bool same_line(const struct text_line *one, const struct text_line *other)
{
    return one->length == other->length && memcmp(one->text, other->text, one->length) == 0;
}

/* Outside the hunks the texts are the same, and the hunks go forward. */
static void check_diff(const struct text_lines *first, const struct text_lines *second)
{
    struct hunks hunks = {0};
    diff_lines(first, second, &hunks);
    size_t at[2] = {0, 0};
    size_t changed = 0;
    for (size_t i = 0; i <= hunks.count; i++) {
        struct hunk end = {.first = {first->count, second->count}};
        const struct hunk *hunk = i < hunks.count ? &hunks.items[i] : &end;
        while (at[0] < hunk->first[0]) {
            assert(at[1] < hunk->first[1]);
            assert(same_line(&first->items[at[0]++], &second->items[at[1]++]));
        }
        assert(at[0] == hunk->first[0] && at[1] == hunk->first[1]);
        assert(i == hunks.count || hunk->count[0] + hunk->count[1] > 0);
        for (int side = 0; side < 2; side++)
            at[side] += hunk->count[side];
        changed += hunk->count[0] + hunk->count[1];
    }
    assert(at[0] == first->count && at[1] == second->count);
    assert(hunks_changed(&hunks) == changed);
    hunks_release(&hunks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const detectors[] = {"tsan", "helgrind", "drd", "watchdog", NULL};
    const char *text = (const char *)data;
    const char *cut = size > 0 ? memchr(text, '\0', size) : NULL;
    const char *source[2] = {text, cut ? cut + 1 : text + size};
    size_t length[2] = {(size_t)((cut ? cut : text + size) - text),
                        (size_t)(text + size - source[1])};
    struct pair pair = {
        .id = (char *)"race/unlocked_counter",
        .family = (char *)"race",
        .name = (char *)"unlocked_counter",
    };
    struct corpus corpus = {.pairs = &pair, .count = 1};
    struct complaints complaints = {0};
    struct text_lines lines[2];

    for (int twin = 0; twin < 2; twin++) {
        check_tokens(source[twin], length[twin]);
        lines_read(source[twin], length[twin], &lines[twin]);
        pair.twin[twin].path = (char *)(twin == BUGGY ? "buggy.c" : "fixed.c");
        pair.twin[twin].source = (char *)source[twin];
        pair.twin[twin].length = length[twin];
        annotations_read(pair.twin[twin].path, source[twin], length[twin], detectors,
                         &pair.twin[twin].annotations, &complaints);
    }
    lesson_read(pair.twin[BUGGY].path, pair.name, source[BUGGY], length[BUGGY], LESSON_PAIR,
                &pair.lesson, &complaints);
    check_diff(&lines[0], &lines[1]);
    lint_pair(&corpus, &pair, &complaints);
    for (size_t i = 0; i < complaints.count; i++) {
        const struct complaint *complaint = &complaints.items[i];
        int twin = strcmp(complaint->file, "buggy.c") == 0 ? BUGGY : FIXED;
        size_t most = fuzz_lines((const uint8_t *)source[twin], length[twin]);
        assert(complaint->line >= 0 && (size_t)complaint->line <= (most > 0 ? most : 1));
    }

    for (int twin = 0; twin < 2; twin++) {
        lines_release(&lines[twin]);
        annotations_release(&pair.twin[twin].annotations);
    }
    lesson_release(&pair.lesson);
    complaints_release(&complaints);
    return 0;
}
