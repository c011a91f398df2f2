#include "detect/plain.h"

#include "detect/elf.h"
#include "model/memory.h"

#include <stdlib.h>

void plain_command(const struct target *target, struct command *command)
{
    struct elf_facts facts = {0};
    const char *others = target->own_source ? NULL : getenv("LD_PRELOAD");
    if (target->recorder && elf_inspect(target->program, &facts) == 0 && facts.recordable)
        command_set(command, "LD_PRELOAD=%s%s%s", target->recorder, others && *others ? ":" : "",
                    others ? others : "");
    command_add_program(command, target);
}

void plain_read(const struct target *target, const struct run_outcome *outcome,
                struct report *report)
{
    (void)target;
    (void)outcome;
    report->version = xstrdup(RACELAB_VERSION);
}
