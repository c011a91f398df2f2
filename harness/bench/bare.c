#include "bench/bare.h"

#include "cli/cli.h"
#include "detect/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t bare_ns(char **argv)
{
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    uint64_t begun = run_now_ns();
    int error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    if (error || waitpid(child, NULL, 0) != child) {
        cli_error("%s: %s", argv[0], strerror(error ? error : errno));
        exit(STATUS_FAILED);
    }
    uint64_t taken = run_now_ns() - begun;
    posix_spawn_file_actions_destroy(&actions);
    return taken;
}

uint64_t bare_run_ns(const struct detector *detector, const struct target *target)
{
    struct command command = {0};
    char *witness = witness_path(target->report_dir);
    detector->command(target, &command);
    command_set(&command, WITNESS_VARIABLE "=%s", witness);
    for (size_t i = 0; i < command.env_count; i++)
        putenv(command.env[i]);
    uint64_t taken = bare_ns(command.argv);
    for (size_t i = 0; i < command.env_count; i++)
        unsetenv(strtok(command.env[i], "="));
    command_release(&command);
    free(witness);
    return taken;
}
