/* Processes that have children. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "ways.h"

extern char **environ;

static void *nothing(void *unused)
{
    return unused;
}

static void *yield_often(void *unused)
{
    for (int i = 0; i < 20; i++)
        sched_yield();
    return unused;
}

static int status_of(pid_t child)
{
    int status;
    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The child has threads of its own, and the runtime has nothing to do with them. */
static int child(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            join(make(nothing, NULL));
        _exit(3);
    }
    return status_of(pid);
}

static int beside(void)
{
    pthread_t thread = make(yield_often, NULL);
    int status = child();
    join(thread);
    return status;
}

/* Waited for when no thread is left that it could be beside. */
static int early(void)
{
    pthread_t thread = make(yield_often, NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(2);
    join(thread);
    return status_of(pid);
}

static int replaced(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", "exit 4", NULL);
        _exit(1);
    }
    return status_of(pid);
}

static int spawned(void)
{
    pid_t pid;
    char *arguments[] = {"sh", "-c", "exit 5", NULL};
    CHECK(posix_spawn(&pid, "/bin/sh", NULL, NULL, arguments, environ) == 0);
    return status_of(pid);
}

static int by_system(void)
{
    int status = system("exit 6");
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int by_popen(void)
{
    char line[8];
    FILE *stream = popen("echo x; exit 7", "r");
    CHECK(stream && fgets(line, sizeof line, stream) && strcmp(line, "x\n") == 0);
    int status = pclose(stream);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int looking(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(8);
    while (waitpid(pid, &status, WNOHANG) == 0)
        usleep(1000);
    return WEXITSTATUS(status);
}

/* The child reads what its parent writes: no deadlock, though no thread here could write. */
static int pipes(void)
{
    int to[2], from[2];
    char byte = 0;
    CHECK(pipe(to) == 0 && pipe(from) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        usleep(10000);
        CHECK(write(from[1], "x", 1) == 1);
        CHECK(read(to[0], &byte, 1) == 1);
        _exit(9);
    }
    CHECK(read(from[0], &byte, 1) == 1);
    CHECK(write(to[1], "x", 1) == 1);
    return status_of(pid);
}

int main(int count, char **arguments)
{
    static const struct way ways[] = {
        {"child", child},     {"beside", beside},    {"early", early},    {"replaced", replaced},
        {"spawned", spawned}, {"system", by_system}, {"popen", by_popen}, {"looking", looking},
        {"pipes", pipes},     {NULL, NULL}};
    return count == 2 ? go(ways, arguments[1]) : 254;
}
