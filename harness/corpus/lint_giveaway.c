#include "corpus/giveaway.h"
#include "corpus/lint_checks.h"

#include <string.h>

/* Each name once, where it stands first. */
static bool stood_before(const struct tokens *tokens, size_t index)
{
    const struct token *token = &tokens->items[index];
    for (size_t i = 0; i < index; i++) {
        const struct token *other = &tokens->items[i];
        if (other->kind == token->kind && other->length == token->length &&
            memcmp(other->text, token->text, token->length) == 0)
            return true;
    }
    return false;
}

void lint_giveaway(const struct lint *lint, enum polarity polarity)
{
    const struct tokens *tokens = &lint->twin[polarity].tokens;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        const char *word = giveaway_in(lint->corpus, token);
        if (word && !stood_before(tokens, i))
            lint_add(lint, polarity, token->line,
                     "`%.*s` has `%s` in it, which tells a reviewer too much: find another name",
                     (int)token->length, token->text, word);
    }
}
