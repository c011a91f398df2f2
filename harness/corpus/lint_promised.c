#include "corpus/lint_checks.h"
#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* `return x`, `exit(x)`, but not with the status of success. */
static bool fails_at(const struct tokens *tokens, size_t index)
{
    static const char *const endings[] = {"return", "exit", "_exit", "_Exit"};
    bool ending = false;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
        ending = ending || token_is(&tokens->items[index], endings[i]);
    while (++index < tokens->count && token_is(&tokens->items[index], "("))
        ;
    return ending && index < tokens->count && !token_is(&tokens->items[index], "0") &&
           !token_is(&tokens->items[index], "EXIT_SUCCESS") &&
           !token_is(&tokens->items[index], ";");
}

/* Whether the result is checked on this line: by an assert, or by an ending that is no success. */
static bool result_on_line(const struct tokens *tokens, int line)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->items[i].line == line &&
            (tokens_call_at(tokens, i, "assert") || fails_at(tokens, i)))
            return true;
    }
    return false;
}

static bool code_on_line(const struct tokens *tokens, int line)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->items[i].kind != TOKEN_COMMENT && tokens->items[i].line <= line &&
            tokens->items[i].last_line >= line)
            return true;
    }
    return false;
}

static void check_lines(const struct lint *lint, enum polarity polarity,
                        const struct promise *promise)
{
    const struct tokens *tokens = &lint->twin[polarity].tokens;
    bool bug = promise->kind == PROMISE_BUG;
    if (bug && promise->defect == DEFECT_LOCK_ORDER && promise->line_count < 2)
        lint_add(lint, polarity, promise->lines[0],
                 "a lock order needs two lines: annotate every acquisition of the cycle");
    for (size_t i = 0; i < promise->line_count; i++) {
        int line = promise->lines[i];
        if (!code_on_line(tokens, line))
            lint_add(lint, polarity, line,
                     "no code on this line: an annotation begins on the line of the fault");
        else if (bug && promise->defect == DEFECT_WRONG_RESULT && !result_on_line(tokens, line))
            lint_add(lint, polarity, line,
                     "no result is checked on this line: `wrong-result` stands with the assert, or "
                     "where the program ends with another status");
    }
}

void lint_promised(const struct lint *lint)
{
    bool alarm = false;
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        const struct promises *promises = &lint->pair->twin[p].annotations.promises;
        for (size_t i = 0; i < promises->count; i++) {
            alarm = alarm || promises->items[i].kind == PROMISE_ALARM;
            check_lines(lint, p, &promises->items[i]);
        }
    }
    if (!lint->pair->of && strcmp(lint->pair->family, "false_alarm") == 0 && !alarm)
        lint_add(lint, BUGGY, 0,
                 "no `alarm:` annotation: this family is of correct programs that detectors flag");
}
