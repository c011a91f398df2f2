#include "corpus/lint.h"

#include "corpus/lint_checks.h"
#include "model/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void lint_add(const struct lint *lint, enum polarity polarity, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    complaints_add(lint->complaints, lint->pair->twin[polarity].path, line, "%s", text);
    free(text);
}

bool lint_promises(const struct lint *lint, enum promise_kind kind, enum defect defect)
{
    const struct promises *promises = &lint->pair->twin[BUGGY].annotations.promises;
    for (size_t i = 0; i < promises->count; i++) {
        if (promises->items[i].kind == kind && promises->items[i].defect == defect)
            return true;
    }
    return false;
}

bool lint_is_name(const char *name)
{
    bool good = islower((unsigned char)name[0]);
    for (const char *at = name; *at; at++)
        good = good && (islower((unsigned char)*at) || isdigit((unsigned char)*at) || *at == '_');
    return good;
}

static void check_name(const struct lint *lint)
{
    const char *name = lint->pair->name;
    if (!lint_is_name(name))
        lint_add(lint, BUGGY, 0,
                 "`%s` is no name for a case: begin with a lower-case letter, and use lower-case "
                 "letters, digits and `_`",
                 name);
    for (size_t i = 0; i < lint->corpus->count; i++) {
        const struct pair *other = &lint->corpus->pairs[i];
        if (strcmp(other->name, name) == 0 && strcmp(other->id, lint->pair->id) != 0)
            lint_add(lint, BUGGY, 0,
                     "%s has the same name: a case's name is its own over all families; rename one",
                     other->id);
    }
}

/* The program is its own oracle, and there is something concurrent in it. */
static void check_program(const struct lint *lint, enum polarity polarity)
{
    const struct tokens *tokens = &lint->twin[polarity].tokens;
    if (!tokens_call(tokens, "assert"))
        lint_add(lint, polarity, 0, "has no assert: a program checks its own result");
    if (!tokens_call(tokens, "pthread_create") && !tokens_call(tokens, "fork"))
        lint_add(lint, polarity, 0,
                 "makes no thread or process: call pthread_create or fork, which the lab counts");
}

/* Nothing that a template left to be written. */
static void check_finished(const struct lint *lint, enum polarity polarity)
{
    const struct text_lines *lines = &lint->twin[polarity].lines;
    for (size_t i = 0; i < lines->count; i++) {
        if (memmem(lines->items[i].text, lines->items[i].length, "TODO", strlen("TODO")))
            lint_add(lint, polarity, (int)i + 1, "a TODO is left: write what belongs there");
    }
}

void lint_pair(const struct corpus *corpus, const struct pair *pair, struct complaints *complaints)
{
    struct lint lint = {.corpus = corpus, .pair = pair, .complaints = complaints};
    bool change = strchr(pair->name, '.') != NULL;
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        bool wanted = !change || p == change_polarity(pair);
        if (wanted && !pair->twin[p].source)
            return;
    }
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        if (!pair->twin[p].source)
            continue;
        tokens_read(pair->twin[p].source, pair->twin[p].length, &lint.twin[p].tokens);
        lines_read(pair->twin[p].source, pair->twin[p].length, &lint.twin[p].lines);
        lint_text(&lint, p);
        check_program(&lint, p);
        check_finished(&lint, p);
        lint_sleep(&lint, p);
        lint_giveaway(&lint, p);
    }
    lint_promised(&lint);
    if (change) {
        lint_change(&lint);
    } else {
        check_name(&lint);
        lint_header(&lint);
        lint_fix(&lint);
        lint_changes_of(&lint);
    }
    for (enum polarity p = BUGGY; p <= FIXED; p++) {
        tokens_release(&lint.twin[p].tokens);
        lines_release(&lint.twin[p].lines);
    }
}
