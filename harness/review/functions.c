#include "review/functions.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* The code before `index`, past comments; `count` where there is none. */
static size_t before(const struct tokens *tokens, size_t index)
{
    while (index > 0) {
        if (tokens->items[--index].kind != TOKEN_COMMENT)
            return index;
    }
    return tokens->count;
}

/* The name whose parameters end right before the brace at `brace`; `count` where none do. */
static size_t name_before(const struct tokens *tokens, size_t brace)
{
    size_t at = before(tokens, brace);
    if (at == tokens->count || !token_is(&tokens->items[at], ")"))
        return tokens->count;
    int depth = 0;
    do {
        depth += token_is(&tokens->items[at], ")");
        depth -= token_is(&tokens->items[at], "(");
        at = before(tokens, at);
    } while (depth > 0 && at < tokens->count);
    return at < tokens->count && tokens->items[at].kind == TOKEN_WORD ? at : tokens->count;
}

void functions_read(const struct tokens *tokens, struct functions *functions)
{
    *functions = (struct functions){0};
    struct function *open = NULL;
    int depth = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        if (token_is(token, "{")) {
            size_t name = depth++ == 0 ? name_before(tokens, i) : tokens->count;
            if (name == tokens->count)
                continue;
            open = xappend((void **)&functions->items, &functions->count, sizeof(*open));
            *open = (struct function){
                .name = xstrndup(tokens->items[name].text, tokens->items[name].length),
                .line = token->line,
                .last_line = token->line,
            };
        } else if (token_is(token, "}") && depth > 0 && --depth == 0 && open) {
            open->last_line = token->line;
            open = NULL;
        }
    }
}

const char *functions_at(const struct functions *functions, int line)
{
    for (size_t i = 0; i < functions->count; i++) {
        if (functions->items[i].line <= line && line <= functions->items[i].last_line)
            return functions->items[i].name;
    }
    return NULL;
}

void functions_release(struct functions *functions)
{
    for (size_t i = 0; i < functions->count; i++)
        free(functions->items[i].name);
    free(functions->items);
    *functions = (struct functions){0};
}
