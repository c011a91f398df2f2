/* What is asked of a wrong patch and of a refactoring beside what is asked of every program. */
#include "corpus/lint.h"
#include "corpus/lint_checks.h"
#include "corpus/shown.h"

#include <string.h>

static void check_name(const struct lint *lint, enum polarity polarity)
{
    const char *name = strchr(lint->pair->name, '.') + 1;
    if (!lint_is_name(name))
        lint_add(lint, polarity, 0,
                 "`%s` is no name for a change: begin with a lower-case letter, and use lower-case "
                 "letters, digits and `_`",
                 name);
}

/* As a trainee sees it: without comments. */
static void check_difference(const struct lint *lint, enum polarity polarity)
{
    const struct pair *twin = lint->pair->of;
    struct shown programs[2];
    struct text_lines lines[2];
    struct hunks hunks = {0};
    shown_make(twin->twin[polarity].source, twin->twin[polarity].length, &programs[0]);
    shown_make(lint->pair->twin[polarity].source, lint->pair->twin[polarity].length, &programs[1]);
    for (size_t i = 0; i < 2; i++)
        lines_read(programs[i].text, programs[i].length, &lines[i]);
    diff_lines(&lines[0], &lines[1], &hunks);
    size_t changed = hunks_changed(&hunks);
    if (hunks.count == 0)
        lint_add(lint, polarity, 0, "is the same code as its %s twin: write the change",
                 polarity_word(polarity));
    if (hunks.count > LINT_MOST_HUNKS)
        lint_add(lint, polarity, 0, "differs from its %s twin at %zu places, more than %d",
                 polarity_word(polarity), hunks.count, LINT_MOST_HUNKS);
    if (changed > LINT_MOST_CHANGED_LINES)
        lint_add(lint, polarity, 0, "differs from its %s twin by %zu lines, more than %d",
                 polarity_word(polarity), changed, LINT_MOST_CHANGED_LINES);
    hunks_release(&hunks);
    for (size_t i = 0; i < 2; i++) {
        lines_release(&lines[i]);
        shown_release(&programs[i]);
    }
}

void lint_change(const struct lint *lint)
{
    enum polarity polarity = change_polarity(lint->pair);
    check_name(lint, polarity);
    if (lint->pair->of && lint->pair->of->twin[polarity].source &&
        lint->twin[polarity].lines.count <= LINT_LARGE_MOST_LINES)
        check_difference(lint, polarity);
}

void lint_changes_of(const struct lint *lint)
{
    size_t refactorings = 0;
    size_t patches = 0;
    size_t serial = 0;
    for (size_t i = 0; i < lint->corpus->change_count; i++) {
        const struct pair *change = &lint->corpus->changes[i];
        if (change->of != lint->pair)
            continue;
        refactorings += change_polarity(change) == FIXED;
        patches += change_polarity(change) == BUGGY;
        serial += change->patch == PATCH_SERIAL;
    }
    if (patches + refactorings == 0)
        return;
    if (patches < LINT_LEAST_PATCHES)
        lint_add(lint, BUGGY, 0,
                 "has changes beside it, but fewer than %d wrong patches: there is too little to "
                 "choose from",
                 LINT_LEAST_PATCHES);
    if (patches > 0 && patches == serial)
        lint_add(lint, BUGGY, 0, "has serial patches alone: write one that leaves the bug");
    if (refactorings == 0)
        lint_add(lint, FIXED, 0,
                 "has wrong patches, and no refactoring: every change to it that is shown would be "
                 "wrong");
}
