#include "detect/plain.h"

#include "detect/elf.h"
#include "model/memory.h"

#include <stdlib.h>

void plain_command(const struct target *target, struct command *command)
{
    struct elf_facts facts = {0};
    const char *others = target->own_source ? NULL : getenv("LD_PRELOAD");
    bool records =
        target->recorder && elf_inspect(target->program, &facts) == 0 && facts.recordable;
    const char *libraries[] = {target->preload, records ? target->recorder : NULL, others};
    char *preload = NULL;
    for (size_t i = 0; (target->preload || records) && i < 3; i++) {
        if (!libraries[i] || !*libraries[i])
            continue;
        char *longer =
            xasprintf("%s%s%s", preload ? preload : "", preload ? ":" : "", libraries[i]);
        free(preload);
        preload = longer;
    }
    if (preload)
        command_set(command, "LD_PRELOAD=%s", preload);
    free(preload);
    command_add_program(command, target);
}

void plain_read(const struct target *target, const struct run_outcome *outcome,
                struct report *report)
{
    (void)target;
    (void)outcome;
    report->version = xstrdup(RACELAB_VERSION);
}
