#include "corpus/token.h"

#include "corpus/comment.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct cutter {
    const char *at;
    const char *end;
    int line;
};

static bool next_is(const struct cutter *cutter, char c)
{
    return cutter->at + 1 < cutter->end && cutter->at[1] == c;
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static void step(struct cutter *cutter)
{
    if (*cutter->at == '\n')
        cutter->line++;
    cutter->at++;
}

static void pass_comment(struct cutter *cutter)
{
    bool block = next_is(cutter, '*');
    cutter->at += 2;
    while (cutter->at < cutter->end) {
        if (block && *cutter->at == '*' && next_is(cutter, '/')) {
            cutter->at += 2;
            return;
        }
        if (!block && *cutter->at == '\n')
            return;
        step(cutter);
    }
}

/* Past the closing quote; at the end of the line where there is none. */
static void pass_quoted(struct cutter *cutter)
{
    char quote = *cutter->at++;
    while (cutter->at < cutter->end && *cutter->at != '\n') {
        if (*cutter->at == quote) {
            cutter->at++;
            return;
        }
        if (*cutter->at == '\\' && cutter->at + 1 < cutter->end)
            cutter->at++;
        step(cutter);
    }
}

static void pass_number(struct cutter *cutter)
{
    while (cutter->at < cutter->end && (word_byte(*cutter->at) || *cutter->at == '.')) {
        bool exponent =
            strchr("eEpP", *cutter->at) && (next_is(cutter, '+') || next_is(cutter, '-'));
        cutter->at += exponent ? 2 : 1;
    }
}

static enum token_kind pass_token(struct cutter *cutter)
{
    char c = *cutter->at;
    if (c == '/' && (next_is(cutter, '*') || next_is(cutter, '/'))) {
        pass_comment(cutter);
        return TOKEN_COMMENT;
    }
    if (c == '"' || c == '\'') {
        pass_quoted(cutter);
        return TOKEN_QUOTED;
    }
    if (isdigit((unsigned char)c) ||
        (c == '.' && cutter->at + 1 < cutter->end && isdigit((unsigned char)cutter->at[1]))) {
        pass_number(cutter);
        return TOKEN_NUMBER;
    }
    if (word_byte(c)) {
        while (cutter->at < cutter->end && word_byte(*cutter->at))
            cutter->at++;
        return TOKEN_WORD;
    }
    cutter->at++;
    return TOKEN_PUNCTUATION;
}

void tokens_read(const char *source, size_t length, struct tokens *tokens)
{
    struct cutter cutter = {.at = source, .end = source + length, .line = 1};
    while (cutter.at < cutter.end) {
        if (isspace((unsigned char)*cutter.at)) {
            step(&cutter);
            continue;
        }
        struct token token = {.text = cutter.at, .line = cutter.line};
        token.kind = pass_token(&cutter);
        token.length = (size_t)(cutter.at - token.text);
        token.last_line = cutter.line;
        struct token *added =
            xappend((void **)&tokens->items, &tokens->count, sizeof(*tokens->items));
        *added = token;
    }
}

void tokens_release(struct tokens *tokens)
{
    free(tokens->items);
    *tokens = (struct tokens){0};
}

bool token_is(const struct token *token, const char *text)
{
    return strlen(text) == token->length && memcmp(token->text, text, token->length) == 0;
}

bool tokens_call_at(const struct tokens *tokens, size_t index, const char *name)
{
    const struct token *items = tokens->items;
    if (items[index].kind != TOKEN_WORD || !token_is(&items[index], name) ||
        index + 1 >= tokens->count || !token_is(&items[index + 1], "("))
        return false;
    bool member = index > 0 && token_is(&items[index - 1], ".");
    member = member ||
             (index > 1 && token_is(&items[index - 1], ">") && token_is(&items[index - 2], "-"));
    return !member;
}

bool tokens_call(const struct tokens *tokens, const char *name)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens_call_at(tokens, i, name))
            return true;
    }
    return false;
}

char *token_comment_text(const struct token *token)
{
    bool block = token->length >= 4 && token->text[1] == '*';
    struct comment comment = {
        .text = token->text + 2,
        .length = token->length - (block ? 4 : 2),
        .line = token->line,
        .terminated = true,
    };
    return comment_flatten(&comment);
}
