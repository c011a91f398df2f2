/* Cuts a C source into words, numbers, strings, comments and single punctuation characters. */
#ifndef RACELAB_CORPUS_TOKEN_H
#define RACELAB_CORPUS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_WORD, /* an identifier or a keyword */
    TOKEN_NUMBER,
    TOKEN_QUOTED,      /* a string or a character constant, with its quotes */
    TOKEN_PUNCTUATION, /* one character: `->` is two of them */
    TOKEN_COMMENT,     /* with its delimiters */
};

struct token {
    enum token_kind kind;
    const char *text; /* inside the source */
    size_t length;
    int line;      /* where it begins, 1-based */
    int last_line; /* where it ends */
};

struct tokens {
    struct token *items; /* in source order */
    size_t count;
};

/* The source must outlive the tokens. `tokens` must be zeroed; release it with tokens_release(). */
void tokens_read(const char *source, size_t length, struct tokens *tokens);
void tokens_release(struct tokens *tokens);

bool token_is(const struct token *token, const char *text);
/* Whether the token at `index` is the name in a call (or in a definition) of that function: the word,
 * then an opening parenthesis, and no member of a struct. */
bool tokens_call_at(const struct tokens *tokens, size_t index, const char *name);
/* Whether any token is such a name. */
bool tokens_call(const struct tokens *tokens, const char *name);
/* What stands in the comment, flattened as comment_flatten() does; from malloc. */
char *token_comment_text(const struct token *token);

#endif
