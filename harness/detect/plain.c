#include "detect/plain.h"

#include "model/memory.h"

void plain_command(const struct target *target, struct command *command)
{
    if (target->recorder)
        command_set(command, "LD_PRELOAD=%s", target->recorder);
    command_add(command, "%s", target->program);
}

void plain_read(const struct target *target, const struct run_outcome *outcome,
                struct report *report)
{
    (void)target;
    (void)outcome;
    report->version = xstrdup(RACELAB_VERSION);
}
