/*
 * Child processes. A child of fork() is not under control. What it does beside this process has no order with it, so that
 * determinism is lost where threads go on meanwhile; it is kept where the one thread there is does nothing but wait for it.
 */
#include "explore/runtime/calls.h"
#include "explore/runtime/descriptors.h"
#include "explore/runtime/world.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

REAL_FUNCTION(fork)
REAL_PLAIN_FUNCTION(daemon)
REAL_FUNCTION(posix_spawn)
REAL_FUNCTION(posix_spawnp)
REAL_PLAIN_FUNCTION(system)
REAL_FUNCTION(popen)
REAL_FUNCTION(pclose)
REAL_FUNCTION(wait)
REAL_FUNCTION(waitpid)
REAL_FUNCTION(wait3)
REAL_FUNCTION(wait4)
REAL_FUNCTION(waitid)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(fork)
    REAL_PLAIN_RESOLVE(daemon)
    REAL_RESOLVE(posix_spawn)
    REAL_RESOLVE(posix_spawnp)
    REAL_PLAIN_RESOLVE(system)
    REAL_RESOLVE(popen)
    REAL_RESOLVE(pclose)
    REAL_RESOLVE(wait)
    REAL_RESOLVE(waitpid)
    REAL_RESOLVE(wait3)
    REAL_RESOLVE(wait4)
    REAL_RESOLVE(waitid)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

/* Before a child is made: a point. */
static struct fiber *enter_making(uint64_t pc)
{
    struct fiber *self = enter();
    if (!self)
        return NULL;
    runtime_pass(self, WIRE_OUTSIDE, 0, 0, pc);
    return self;
}

/* A child has been made. */
static void made(const struct fiber *self, uint64_t pc)
{
    if (!self)
        return;
    if (world.live_count > 1)
        runtime_lost(WIRE_LOST_FORK, pc);
    descriptors_shared();
}

static pid_t fork_in_turn(uint64_t pc)
{
    struct fiber *self CONTROLLED = enter_making(pc);
    pid_t pid = SEEN_AT(pc, REAL(fork)());
    if (pid == 0)
        runtime_leave_process();
    else if (pid > 0)
        made(self, pc);
    return pid;
}

EXPORTED pid_t fork(void)
{
    return fork_in_turn(CALLER);
}

/* The child of a vfork() would run in this thread's place, with the runtime's state. All that POSIX lets
 * it do, it can do as the child of a fork(). */
EXPORTED pid_t vfork(void)
{
    return fork_in_turn(CALLER);
}

/* This process ends, and its child goes on, which is not under control. */
EXPORTED int daemon(int keep_folder, int keep_streams)
{
    struct fiber *self CONTROLLED = enter_making(CALLER);
    if (self)
        runtime_lost(WIRE_LOST_FORK, CALLER);
    return REAL_PLAIN(daemon)(keep_folder, keep_streams);
}

EXPORTED int posix_spawn(pid_t *restrict pid, const char *restrict path,
                         const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *restrict attributes, char *const *arguments,
                         char *const *environment)
{
    struct fiber *self CONTROLLED = enter_making(CALLER);
    int result =
        SEEN_AT(CALLER, REAL(posix_spawn)(pid, path, actions, attributes, arguments, environment));
    if (result == 0)
        made(self, CALLER);
    return result;
}

EXPORTED int posix_spawnp(pid_t *restrict pid, const char *restrict file,
                          const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *restrict attributes, char *const *arguments,
                          char *const *environment)
{
    struct fiber *self CONTROLLED = enter_making(CALLER);
    int result =
        SEEN_AT(CALLER, REAL(posix_spawnp)(pid, file, actions, attributes, arguments, environment));
    if (result == 0)
        made(self, CALLER);
    return result;
}

EXPORTED FILE *popen(const char *command, const char *type)
{
    struct fiber *self CONTROLLED = enter_making(CALLER);
    FILE *stream = SEEN_AT(CALLER, REAL(popen)(command, type));
    if (stream)
        made(self, CALLER);
    return stream;
}

/* The real call waits for a child. `self` may be NULL. */
#define OUTSIDE(self, pc, call)                                                                    \
    ({                                                                                             \
        if (self)                                                                                  \
            call_outside_begin(self, WIRE_LOST_FORK, pc);                                          \
        __typeof__(call) outside_result = (call);                                                  \
        int outside_errno = errno;                                                                 \
        if (self)                                                                                  \
            runtime_outside_end(self);                                                             \
        errno = outside_errno;                                                                     \
        outside_result;                                                                            \
    })

EXPORTED int pclose(FILE *stream)
{
    struct fiber *self CONTROLLED = enter();
    return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(pclose)(stream)));
}

EXPORTED int system(const char *command)
{
    struct fiber *self CONTROLLED = enter_making(CALLER);
    if (self)
        descriptors_shared();
    return OUTSIDE(self, CALLER, REAL_PLAIN(system)(command));
}

/* Whether there is a child that has ended, or will, is the same in every run: how soon is not. */
static pid_t looked(struct fiber *self, pid_t pid, uint64_t pc)
{
    if (!self || pid != 0)
        return pid;
    runtime_lost(WIRE_LOST_FORK, pc);
    runtime_mark(self, WIRE_FAILED);
    call_repeats(self, pc, 1);
    return 0;
}

#define WAITS(name, flags, parameters, ...)                                                        \
    EXPORTED pid_t name parameters                                                                 \
    {                                                                                              \
        struct fiber *self CONTROLLED = enter();                                                   \
        if (!((flags)&WNOHANG))                                                                    \
            return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(name)(__VA_ARGS__)));                \
        if (self)                                                                                  \
            runtime_pass(self, WIRE_OUTSIDE, 0, 0, CALLER);                                        \
        return looked(self, SEEN_AT(CALLER, REAL(name)(__VA_ARGS__)), CALLER);                     \
    }

WAITS(wait, 0, (int *status), status)
WAITS(waitpid, flags, (pid_t pid, int *status, int flags), pid, status, flags)
WAITS(wait3, flags, (int *status, int flags, struct rusage *usage), status, flags, usage)
WAITS(wait4, flags, (pid_t pid, int *status, int flags, struct rusage *usage), pid, status, flags,
      usage)

EXPORTED int waitid(idtype_t type, id_t id, siginfo_t *info, int flags)
{
    struct fiber *self CONTROLLED = enter();
    if (!(flags & WNOHANG))
        return OUTSIDE(self, CALLER, SEEN_AT(CALLER, REAL(waitid)(type, id, info, flags)));
    if (self)
        runtime_pass(self, WIRE_OUTSIDE, 0, 0, CALLER);
    int result = SEEN_AT(CALLER, REAL(waitid)(type, id, info, flags));
    if (result == 0 && info && info->si_pid == 0)
        looked(self, 0, CALLER);
    return result;
}
