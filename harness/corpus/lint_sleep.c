#include "corpus/lint_checks.h"

#include <stdlib.h>
#include <string.h>

/* Calls that only let time pass. Not sched_yield(), which a loop calls that waits for a variable. */
static const char *const sleeps[] = {
    "sleep", "usleep", "nanosleep", "clock_nanosleep", "thrd_sleep",
};

/* Calls that let time pass where this argument, counted from 1, limits how long they wait. */
static const struct {
    const char *name;
    size_t time_out;
} waits[] = {
    {"select", 5}, {"pselect", 5}, {"poll", 3}, {"ppoll", 3}, {"epoll_wait", 4}, {"epoll_pwait", 4},
};

/* The tokens of one argument of the call whose name is at `name`: from *first on, *count. */
static void find_argument(const struct tokens *tokens, size_t name, size_t number, size_t *first,
                          size_t *count)
{
    size_t depth = 0;
    size_t argument = 1;
    *count = 0;
    for (size_t i = name + 1; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        bool opens = token_is(token, "(") || token_is(token, "[") || token_is(token, "{");
        bool closes = token_is(token, ")") || token_is(token, "]") || token_is(token, "}");
        if (token->kind == TOKEN_COMMENT)
            continue;
        if (closes && --depth == 0)
            return;
        if (depth == 1 && token_is(token, ",")) {
            argument++;
        } else if (depth > 0 && argument == number) {
            if ((*count)++ == 0)
                *first = i;
        }
        depth += opens;
    }
}

/* For ever (NULL, -1) or not at all (0). */
static bool no_time_out(const struct tokens *tokens, size_t first, size_t count)
{
    const struct token *token = &tokens->items[first];
    if (count == 1)
        return token_is(token, "NULL") || token_is(token, "0");
    return count == 2 && token_is(token, "-") && token_is(&tokens->items[first + 1], "1");
}

static bool lets_time_pass(const struct tokens *tokens, size_t index)
{
    for (size_t i = 0; i < sizeof(sleeps) / sizeof(*sleeps); i++) {
        if (tokens_call_at(tokens, index, sleeps[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
        size_t first = index;
        size_t count = 0;
        if (!tokens_call_at(tokens, index, waits[i].name))
            continue;
        find_argument(tokens, index, waits[i].time_out, &first, &count);
        return !no_time_out(tokens, first, count);
    }
    return false;
}

/* A comment to this linter: "lint: sleep: REASON". */
enum remark { REMARK_NONE, REMARK_SLEEP, REMARK_WRONG };

static enum remark remark_of(const struct token *token)
{
    static const char to_lint[] = "lint:";
    static const char excuse[] = "lint: sleep: ";
    enum remark remark = REMARK_NONE;
    if (token->kind != TOKEN_COMMENT)
        return REMARK_NONE;
    char *text = token_comment_text(token);
    if (strncmp(text, excuse, strlen(excuse)) == 0)
        remark = REMARK_SLEEP;
    else if (strncmp(text, to_lint, strlen(to_lint)) == 0)
        remark = REMARK_WRONG;
    free(text);
    return remark;
}

/* Whether the comment at `index` has its lines to itself. */
static bool stands_alone(const struct tokens *tokens, size_t index)
{
    const struct token *comment = &tokens->items[index];
    bool before = index > 0 && tokens->items[index - 1].last_line == comment->line;
    bool after = index + 1 < tokens->count && tokens->items[index + 1].line == comment->last_line;
    return !before && !after;
}

/* Whether the comment at `index` is meant for that line: it begins on it, or ends right above it. */
static bool meant_for(const struct tokens *tokens, size_t index, int line)
{
    const struct token *comment = &tokens->items[index];
    return comment->line == line || (comment->last_line == line - 1 && stands_alone(tokens, index));
}

static bool excused(const struct tokens *tokens, size_t sleep)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (remark_of(&tokens->items[i]) == REMARK_SLEEP &&
            meant_for(tokens, i, tokens->items[sleep].line))
            return true;
    }
    return false;
}

static bool excuses(const struct tokens *tokens, size_t comment)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (meant_for(tokens, comment, tokens->items[i].line) && lets_time_pass(tokens, i))
            return true;
    }
    return false;
}

void lint_sleep(const struct lint *lint, enum polarity polarity)
{
    const struct tokens *tokens = &lint->twin[polarity].tokens;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        if (lets_time_pass(tokens, i) && !excused(tokens, i))
            lint_add(lint, polarity, token->line,
                     "`%.*s` lets time pass, and that is no order: wait for what must come first; "
                     "where the time itself is meant, say why with `/* lint: sleep: REASON */` on "
                     "this line or right above it",
                     (int)token->length, token->text);
        enum remark remark = remark_of(token);
        if (remark == REMARK_WRONG)
            lint_add(lint, polarity, token->line,
                     "a comment that begins with `lint:` reads `lint: sleep: REASON`");
        if (remark == REMARK_SLEEP && !excuses(tokens, i))
            lint_add(lint, polarity, token->line,
                     "nothing sleeps here: remove the comment, or put it on or right above the "
                     "line that does");
    }
}
