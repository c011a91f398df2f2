/* Command lines under construction (see detect.h). */
#include "detect/detect.h"
#include "model/memory.h"

#include <stdlib.h>

static void list_add(char ***list, size_t *count, char *text)
{
    char **slot = xappend((void **)list, count, sizeof(**list));
    *slot = text;
    /* One NULL behind the last, which does not count. */
    xappend((void **)list, count, sizeof(**list));
    --*count;
}

void command_add(struct command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    list_add(&command->argv, &command->argc, xvasprintf(format, args));
    va_end(args);
}

void command_set(struct command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    list_add(&command->env, &command->env_count, xvasprintf(format, args));
    va_end(args);
}

void command_add_program(struct command *command, const struct target *target)
{
    command_add(command, "%s", target->program);
    for (size_t i = 0; target->arguments && target->arguments[i]; i++)
        command_add(command, "%s", target->arguments[i]);
}

void command_release(struct command *command)
{
    for (size_t i = 0; i < command->argc; i++)
        free(command->argv[i]);
    for (size_t i = 0; i < command->env_count; i++)
        free(command->env[i]);
    free(command->argv);
    free(command->env);
    *command = (struct command){0};
}
