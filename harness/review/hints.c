#include "review/draw_parts.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Some words for a hint, each once. */
struct words {
    char **items;
    size_t count;
};

static void words_add(struct words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->items[i], word) == 0)
            return;
    }
    char **added = xappend((void **)&words->items, &words->count, sizeof(*words->items));
    *added = xstrdup(word);
}

static void words_release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

/* "a", "a and b", "a, b and c", each between `before` and `after`; from malloc. */
static char *words_join(const struct words *words, const char *before, const char *after)
{
    char *text = xstrdup("");
    for (size_t i = 0; i < words->count; i++) {
        const char *gap = i == 0 ? "" : i + 1 < words->count ? ", " : " and ";
        char *longer = xasprintf("%s%s%s%s%s", text, gap, before, words->items[i], after);
        free(text);
        text = longer;
    }
    return text;
}

/* Whether the shown program has it as a word. */
static bool shows_word(const struct pair *source, enum polarity polarity, const char *word)
{
    struct tokens tokens = {0};
    bool found = false;
    tokens_read(source->twin[polarity].source, source->twin[polarity].length, &tokens);
    for (size_t i = 0; i < tokens.count && !found; i++)
        found = tokens.items[i].kind == TOKEN_WORD && token_is(&tokens.items[i], word);
    tokens_release(&tokens);
    return found;
}

/* Whether a hint may say the name: the trainee sees it, in whichever twin. */
static bool sayable(const struct candidate *what, const char *name)
{
    if (what->change)
        return shows_word(what->change, what->polarity, name);
    return shows_word(what->pair, BUGGY, name) && shows_word(what->pair, FIXED, name);
}

static void add_sayable(const struct candidate *what, const char *word, struct words *words)
{
    if (word && *word && sayable(what, word))
        words_add(words, word);
}

/* The names of the promises: of where the bug begins alone, where that is promised. */
static void add_names(const struct candidate *what, const struct promises *promises,
                      struct words *words)
{
    bool causes = has_cause(promises);
    for (size_t i = 0; i < promises->count; i++) {
        const struct promise *promise = &promises->items[i];
        if (promise->kind != PROMISE_BUG || !promise->names ||
            (causes && !is_cause(promise->defect)))
            continue;
        char *names = xstrdup(promise->names);
        char *rest = names;
        for (char *name; (name = strsep(&rest, ", "));)
            add_sayable(what, name, words);
        free(names);
    }
}

/* The functions of the wanted lines: in whichever twin they are wanted. */
static void add_places(const struct candidate *what, struct words *words)
{
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        if (what->change && p != what->polarity)
            continue;
        struct round round = {.what = *what};
        struct reading reading;
        round.what.polarity = p;
        const struct pair *source = candidate_source(&round.what);
        shown_make(source->twin[p].source, source->twin[p].length, &round.program);
        reading_make(&round.what, &reading);
        set_parts(&round, &reading);
        for (size_t i = 0; i < round.program.line_count; i++) {
            if (round.parts[i] == LINE_WANTED)
                add_sayable(what, functions_at(&reading.functions, round.program.sources[i]),
                            words);
        }
        reading_release(&reading);
        round_release(&round);
    }
}

/* What the hints say is the same in both twins, so that they do not tell whether there is a bug. */
void hints_make(struct round *round, const struct reading *reading)
{
    struct words names = {0};
    struct words places = {0};
    add_names(&round->what, reading->promises, &names);
    add_places(&round->what, &places);
    char *what = words_join(&names, "`", "`");
    char *where = words_join(&places, "", "()");
    round->hints[0] = xasprintf("Look at %s.", *what ? what : where);
    round->hints[1] = xasprintf("Look at %s%swhat is read, written, held and waited for in %s.",
                                what, *what ? ", and at " : "", where);
    round->hints[2] = xasprintf("Look at line %zu.", wanted_line(round));
    free(what);
    free(where);
    words_release(&names);
    words_release(&places);
}
