#include "corpus/lint.h"
#include "corpus/lint_checks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The tokens of one side of a hunk that are no comments. */
struct code {
    const struct tokens *tokens;
    size_t at;
    int last_line;
};

static struct code code_of(const struct lint *lint, enum polarity side, const struct hunk *hunk)
{
    struct code code = {
        .tokens = &lint->twin[side].tokens,
        .last_line = (int)(hunk->first[side] + hunk->count[side]),
    };
    while (code.at < code.tokens->count &&
           code.tokens->items[code.at].line <= (int)hunk->first[side])
        code.at++;
    return code;
}

static const struct token *code_next(struct code *code)
{
    while (code->at < code->tokens->count &&
           code->tokens->items[code->at].line <= code->last_line) {
        const struct token *token = &code->tokens->items[code->at++];
        if (token->kind != TOKEN_COMMENT)
            return token;
    }
    return NULL;
}

static bool changes_code(const struct lint *lint, const struct hunk *hunk)
{
    struct code code[2] = {code_of(lint, BUGGY, hunk), code_of(lint, FIXED, hunk)};
    const struct token *buggy = NULL;
    const struct token *fixed = NULL;
    do {
        buggy = code_next(&code[BUGGY]);
        fixed = code_next(&code[FIXED]);
        if (!buggy || !fixed)
            return buggy || fixed;
    } while (buggy->length == fixed->length &&
             memcmp(buggy->text, fixed->text, buggy->length) == 0);
    return true;
}

static size_t indentation(const struct text_line *line)
{
    size_t width = 0;
    while (width < line->length && line->text[width] == ' ')
        width++;
    return width;
}

static bool same_but_blanks(const struct text_line *left, const struct text_line *right)
{
    size_t l = 0;
    size_t r = 0;
    for (;;) {
        while (l < left->length && isspace((unsigned char)left->text[l]))
            l++;
        while (r < right->length && isspace((unsigned char)right->text[r]))
            r++;
        if (l == left->length || r == right->length)
            return l == left->length && r == right->length;
        if (left->text[l++] != right->text[r++])
            return false;
    }
}

static bool identical(const struct text_line *left, const struct text_line *right)
{
    return left->length == right->length && memcmp(left->text, right->text, left->length) == 0;
}

/* A line may be indented anew next to code that changes: its nesting has changed. All else that is
 * only white space is noise in the lesson. */
static void check_blanks(const struct lint *lint, const struct hunk *hunk)
{
    for (size_t f = hunk->first[FIXED]; f < hunk->first[FIXED] + hunk->count[FIXED]; f++) {
        const struct text_line *fixed = &lint->twin[FIXED].lines.items[f];
        for (size_t b = hunk->first[BUGGY]; b < hunk->first[BUGGY] + hunk->count[BUGGY]; b++) {
            const struct text_line *buggy = &lint->twin[BUGGY].lines.items[b];
            if (indentation(fixed) == indentation(buggy) && !identical(fixed, buggy) &&
                same_but_blanks(fixed, buggy)) {
                lint_add(lint, FIXED, (int)f + 1,
                         "differs from line %zu of the buggy twin in white space alone: write it "
                         "the same in both",
                         b + 1);
                break;
            }
        }
    }
}

/* Where in the fixed twin a hunk shows. */
static int line_of(const struct lint *lint, const struct hunk *hunk)
{
    size_t line = hunk->first[FIXED] + 1;
    return (int)(line <= lint->twin[FIXED].lines.count ? line : line - 1);
}

/* The comment of the annotation with this index. `at` is the token to look from, and is moved on. */
static const struct token *annotation_token(const struct lint *lint, enum polarity side,
                                            size_t index, size_t *at)
{
    const struct tokens *tokens = &lint->twin[side].tokens;
    const struct annotation *annotation = &lint->pair->twin[side].annotations.items[index];
    while (*at < tokens->count) {
        const struct token *token = &tokens->items[(*at)++];
        if (token->kind != TOKEN_COMMENT || token->line != annotation->line)
            continue;
        char *text = token_comment_text(token);
        bool found = strcmp(text, annotation->text) == 0;
        free(text);
        if (found)
            return token;
    }
    return NULL;
}

/* Loading compares what annotations say; this, how they are broken into lines. */
static void check_annotations(const struct lint *lint)
{
    size_t count = lint->pair->twin[BUGGY].annotations.count;
    size_t at[2] = {0, 0};
    if (count != lint->pair->twin[FIXED].annotations.count)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct annotation *items[2] = {&lint->pair->twin[BUGGY].annotations.items[i],
                                             &lint->pair->twin[FIXED].annotations.items[i]};
        if (strcmp(items[BUGGY]->text, items[FIXED]->text) != 0)
            return; /* told by loading */
        const struct token *buggy = annotation_token(lint, BUGGY, i, &at[BUGGY]);
        const struct token *fixed = annotation_token(lint, FIXED, i, &at[FIXED]);
        if (!buggy || !fixed)
            return;
        if (buggy->length != fixed->length || memcmp(buggy->text, fixed->text, fixed->length) != 0)
            lint_add(lint, FIXED, fixed->line,
                     "the annotation is laid out otherwise than in the buggy twin: write it the "
                     "same in both");
    }
}

void lint_fix(const struct lint *lint)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        if (lint->twin[p].lines.count > LINT_LARGE_MOST_LINES)
            return; /* wrong already, and the difference would cost too much */
    }
    struct hunks hunks = {0};
    diff_lines(&lint->twin[BUGGY].lines, &lint->twin[FIXED].lines, &hunks);
    if (hunks.count == 0)
        lint_add(lint, FIXED, 0, "is the same as the buggy twin: write the fix");
    for (size_t i = 0; i < hunks.count; i++) {
        if (changes_code(lint, &hunks.items[i]))
            check_blanks(lint, &hunks.items[i]);
        else
            lint_add(lint, FIXED, line_of(lint, &hunks.items[i]),
                     "differs from the buggy twin in comments or white space alone: write it the "
                     "same in both");
    }
    if (hunks.count > LINT_MOST_HUNKS)
        lint_add(lint, FIXED, line_of(lint, &hunks.items[LINT_MOST_HUNKS]),
                 "differs from the buggy twin at %zu places, more than %d: confine the fix, or "
                 "make two pairs of it",
                 hunks.count, LINT_MOST_HUNKS);
    size_t changed = hunks_changed(&hunks);
    if (changed > LINT_MOST_CHANGED_LINES)
        lint_add(lint, FIXED, line_of(lint, &hunks.items[0]),
                 "differs from the buggy twin by %zu lines, more than %d: confine the fix, or make "
                 "two pairs of it",
                 changed, LINT_MOST_CHANGED_LINES);
    check_annotations(lint);
    hunks_release(&hunks);
}
