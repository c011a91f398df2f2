/*
 * That nothing but reading the code tells the answer: of the whole corpus, or of that below the folder that is named as
 * the only argument.
 */
#include "corpus/comment.h"
#include "corpus/giveaway.h"
#include "review/pool.h"
#include "review/whole_corpus.h"

#include "model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What is wrong with the texts of one round. */
struct leaks {
    const struct pair *source;
    const char *place; /* "program", "option", ... */
    size_t count;
};

static void leak(struct leaks *leaks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void leak(struct leaks *leaks, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    print_error("%s: %s: %s\n", leaks->source->id, leaks->place, text);
    free(text);
    leaks->count++;
}

/* No comment, and no word that tells. */
static void check_text(struct leaks *leaks, const char *text)
{
    struct comment_reader reader;
    struct comment comment;
    struct tokens tokens = {0};
    comment_reader_init(&reader, text, strlen(text));
    if (comment_next(&reader, &comment))
        leak(leaks, "line %d: a comment", comment.line);
    tokens_read(text, strlen(text), &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.items[i];
        const char *word = giveaway_in(&whole.corpus, token);
        if (word)
            leak(leaks, "line %d: %.*s tells `%s`", token->line, (int)token->length, token->text,
                 word);
    }
    tokens_release(&tokens);
}

static size_t next_code(const struct tokens *tokens, size_t at)
{
    while (at < tokens->count && tokens->items[at].kind == TOKEN_COMMENT)
        at++;
    return at;
}

/* The source's tokens but for its comments, and no others, each on the line that `sources` says. */
static void check_tokens(struct leaks *leaks, const struct shown *shown, const char *source,
                         size_t length)
{
    struct tokens all = {0};
    struct tokens seen = {0};
    tokens_read(source, length, &all);
    tokens_read(shown->text, shown->length, &seen);
    size_t at = 0;
    for (size_t i = 0; i < seen.count; i++, at++) {
        at = next_code(&all, at);
        const struct token *token = &seen.items[i];
        if (at == all.count || token->length != all.items[at].length ||
            memcmp(token->text, all.items[at].text, token->length) != 0 ||
            shown->sources[token->line - 1] != all.items[at].line) {
            leak(leaks, "line %d: `%.*s` does not stand there in the source", token->line,
                 (int)token->length, token->text);
            break;
        }
    }
    if (next_code(&all, at) < all.count)
        leak(leaks, "not all of the code is shown");
    tokens_release(&all);
    tokens_release(&seen);
}

/* Nothing of the lines tells where a comment stood: without it they would be shown the same. */
static void check_lines(struct leaks *leaks, const struct shown *shown)
{
    struct shown again;
    shown_make(shown->text, shown->length, &again);
    if (strcmp(shown->text, again.text) != 0)
        leak(leaks, "blank lines or blanks at an end");
    shown_release(&again);
}

static void check_reasons(struct leaks *leaks, const struct annotations *annotations,
                          const char *text)
{
    for (size_t i = 0; i < annotations->count; i++) {
        if (strstr(text, annotations->items[i].text))
            leak(leaks, "says `%s`", annotations->items[i].text);
    }
    for (size_t i = 0; i < annotations->promises.count; i++) {
        const struct promise *promise = &annotations->promises.items[i];
        for (size_t j = 0; j < promise->exception_count; j++) {
            if (strstr(text, promise->exceptions[j].reason))
                leak(leaks, "says `%s`", promise->exceptions[j].reason);
        }
    }
}

static void check_program(struct leaks *leaks, const char *place, const struct shown *shown,
                          const struct pair *source, enum polarity polarity)
{
    leaks->place = place;
    leaks->source = source;
    check_text(leaks, shown->text);
    check_tokens(leaks, shown, source->twin[polarity].source, source->twin[polarity].length);
    check_lines(leaks, shown);
    check_reasons(leaks, &source->twin[polarity].annotations, shown->text);
}

/* A difference has no lines but those of both programs, which are checked, and its own. */
static void check_diff(struct leaks *leaks, const char *diff, const struct shown *from,
                       const struct shown *to)
{
    char *wanted = shown_diff(from, to);
    if (strcmp(diff, wanted) != 0 || !*diff)
        leak(leaks, "is not the difference of its programs");
    free(wanted);
    check_text(leaks, diff);
}

static void check_key(struct leaks *leaks, const struct round *round)
{
    bool guilty = round->what.polarity == BUGGY;
    size_t parts = 0;
    size_t wanted = 0;
    size_t classes = 0;
    size_t right = 0;
    for (size_t i = 0; i < round->program.line_count; i++) {
        parts += round->parts[i] != LINE_NONE;
        wanted += round->parts[i] == LINE_WANTED;
    }
    for (size_t i = 0; i < DEFECT_COUNT; i++)
        classes += round->classes[i];
    for (size_t i = 0; i < round->option_count; i++)
        right += round->options[i].right;
    if (guilty ? wanted == 0 || classes == 0 : parts > 0 || classes > 0 || round->option_count > 0)
        leak(leaks, "%zu lines wanted, %zu neutral, %zu classes, %zu options", wanted,
             parts - wanted, classes, round->option_count);
    if (round->option_count > 0 &&
        (right != 1 || !round->options[round->right_option].right || round->option_count < 2))
        leak(leaks, "%zu of %zu options are right", right, round->option_count);
}

static void check_round(struct leaks *leaks, const struct round *round)
{
    const struct candidate *what = &round->what;
    const struct pair *source = what->change ? what->change : what->pair;
    leaks->place = "program";
    leaks->source = source;
    if (what->form == REVIEW_PROGRAM) /* of a change it is the same */
        check_program(leaks, "program", &round->program, source, what->polarity);
    check_key(leaks, round);
    if (what->form == REVIEW_DIFF) {
        leaks->place = "change";
        check_diff(leaks, round->diff, &round->base, &round->program);
    }
    for (size_t i = 0; i < round->option_count; i++) {
        const struct patch_option *option = &round->options[i];
        const struct pair *from = option->change ? option->change : what->pair;
        if (option->kind == PATCH_SERIAL) /* all others are rounds, too */
            check_program(leaks, "option", &option->program, from, BUGGY);
        leaks->place = "option";
        leaks->source = from;
        check_diff(leaks, option->diff, &round->program, &option->program);
    }
    leaks->place = "hint";
    leaks->source = source;
    for (size_t i = 0; i < REVIEW_HINTS; i++)
        check_text(leaks, round->hints[i]);
}

static void texts(void **state)
{
    (void)state;
    struct leaks leaks = {0};
    for (size_t i = 0; i < whole.candidate_count; i++) {
        struct round round;
        round_make(&whole.corpus, &whole.candidates[i], i, &round);
        check_round(&leaks, &round);
        round_release(&round);
    }
    assert_int_equal(leaks.count, 0);
}

/* The number of a line apart, a hint is the same in both twins. */
static void hints(void **state)
{
    (void)state;
    size_t different = 0;
    for (size_t i = 0; i < whole.corpus.count; i++) {
        struct round rounds[2];
        for (enum polarity p = BUGGY; p <= FIXED; p++) {
            struct candidate what = {.pair = whole.pairs[i], .polarity = p};
            round_make(&whole.corpus, &what, 1, &rounds[p]);
        }
        for (size_t hint = 0; hint + 1 < REVIEW_HINTS; hint++) {
            if (strcmp(rounds[BUGGY].hints[hint], rounds[FIXED].hints[hint]) != 0) {
                print_error("%s:\n  %s\n  %s\n", whole.pairs[i]->id, rounds[BUGGY].hints[hint],
                            rounds[FIXED].hints[hint]);
                different++;
            }
        }
        round_release(&rounds[BUGGY]);
        round_release(&rounds[FIXED]);
    }
    assert_int_equal(different, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(hints),
    };
    if (argc > 1)
        whole.root = argv[1];
    return cmocka_run_group_tests(tests, whole_load, whole_unload);
}
