/*
 * How a run ends, and what is noted of it.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/sys.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

REAL_PLAIN_FUNCTION(exit)
REAL_FUNCTION(_exit)
REAL_PLAIN_FUNCTION(_Exit)
REAL_PLAIN_FUNCTION(quick_exit)
REAL_FUNCTION(abort)

/* The first end that is noted counts, but for an ordinary exit, behind which there may be more. */
void end_note(struct fiber *self, enum wire_end end, int status, uint64_t pc)
{
    struct wire_outcome *outcome = world.outcome;
    outcome->diverged = strategy_diverged();
    if (outcome->end != WIRE_UNFINISHED && outcome->end != WIRE_EXITED)
        return;
    outcome->status = status;
    outcome->thread = self ? self->index : WIRE_NO_THREAD;
    outcome->pc = pc;
    outcome->end = end;
}

static void copy_text(char *to, const char *from, size_t room)
{
    size_t length = 0;
    for (; from && from[length] && length + 1 < room; length++)
        to[length] = from[length];
    to[length] = '\0';
}

void end_process(int status)
{
    for (;;)
        SYS1(SYS_exit_group, status);
}

void runtime_end(struct fiber *self, enum wire_end end, int status, uint64_t pc, uint64_t object,
                 const char *message)
{
    end_note(self, end, status, pc);
    world.outcome->object = object;
    copy_text(world.outcome->message, message, sizeof world.outcome->message);
    end_process(EXIT_FAILURE);
}

/* A child by vfork() has the same memory. */
static bool under_control(void)
{
    return (__atomic_load_n(world_active, __ATOMIC_RELAXED) != 0 || world.phase == WORLD_REAL) &&
           SYS0(SYS_getpid) == world.pid;
}

/* The last of the functions that exit() calls, because the first that was registered. */
static void note_exit(int status, void *unused)
{
    (void)unused;
    if (under_control())
        end_note(own_fiber, WIRE_EXITED, status & 0xff, world.outcome->pc);
}

void end_exit_point(int status, uint64_t pc)
{
    struct fiber *self = under_control() ? runtime_enter() : NULL;
    if (!self)
        return;
    runtime_pass(self, WIRE_EXIT, 0, 0, pc);
    end_note(self, WIRE_EXITED, status & 0xff, pc);
    runtime_leave(self);
}

EXPORTED void exit(int status)
{
    end_exit_point(status, CALLER);
    REAL_PLAIN(exit)(status);
    __builtin_unreachable();
}

EXPORTED void _exit(int status)
{
    end_exit_point(status, CALLER);
    REAL(_exit)(status);
    __builtin_unreachable();
}

EXPORTED void _Exit(int status)
{
    end_exit_point(status, CALLER);
    REAL_PLAIN(_Exit)(status);
    __builtin_unreachable();
}

EXPORTED void quick_exit(int status)
{
    end_exit_point(status, CALLER);
    REAL_PLAIN(quick_exit)(status);
    __builtin_unreachable();
}

EXPORTED void abort(void)
{
    if (own_fiber)
        own_fiber->abort_pc = CALLER;
    REAL(abort)();
    __builtin_unreachable();
}

/* Assertions. */

static void note_assert(const char *message, const char *file, unsigned line, uint64_t pc)
{
    if (!under_control() || world.outcome->end == WIRE_ASSERTED)
        return;
    end_note(own_fiber, WIRE_ASSERTED, SIGABRT, pc);
    if (world.outcome->end != WIRE_ASSERTED)
        return;
    copy_text(world.outcome->message, message, sizeof world.outcome->message);
    copy_text(world.outcome->file, file, sizeof world.outcome->file);
    world.outcome->line = (int32_t)line;
}

typedef void assert_fn(const char *, const char *, unsigned, const char *);
typedef void assert_number_fn(int, const char *, unsigned, const char *);
static assert_fn *real_assert;
static assert_number_fn *real_assert_number;

EXPORTED _Noreturn void __assert_fail(const char *expression, const char *file, unsigned line,
                                      const char *function)
{
    note_assert(expression, file, line, CALLER);
    real_assert(expression, file, line, function);
    __builtin_unreachable();
}

EXPORTED _Noreturn void __assert(const char *expression, const char *file, int line)
{
    note_assert(expression, file, (unsigned)line, CALLER);
    real_assert(expression, file, (unsigned)line, NULL);
    __builtin_unreachable();
}

EXPORTED _Noreturn void __assert_perror_fail(int number, const char *file, unsigned line,
                                             const char *function)
{
    note_assert("an unexpected error", file, line, CALLER);
    real_assert_number(number, file, line, function);
    __builtin_unreachable();
}

/* Signals that end the program. */

static uint64_t pc_of(const ucontext_t *context)
{
#if defined __x86_64__
    return (uint64_t)context->uc_mcontext.gregs[REG_RIP];
#else
    return context->uc_mcontext.pc;
#endif
}

#ifndef RACELAB_TSAN
/* Of this library, whose own frames are linked by their frame pointers. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char etext[] __attribute__((visibility("hidden")));

static bool is_own(uint64_t pc)
{
    return pc >= (uint64_t)__ehdr_start && pc < (uint64_t)etext;
}

/*
 * A crash within an interposed function is told at the program's call: of the last point where the stack shows that this is the
 * call, else where this library returns to. An address within the call, as that of a crash is. 0: not known.
 */
static uint64_t call_of(const struct fiber *self, const ucontext_t *context)
{
    enum { FRAMES = 32, FURTHEST = 1 << 20 };
#if defined __x86_64__
    uint64_t stack = (uint64_t)context->uc_mcontext.gregs[REG_RSP];
    uint64_t frame = (uint64_t)context->uc_mcontext.gregs[REG_RBP];
#else
    uint64_t stack = context->uc_mcontext.sp;
    uint64_t frame = context->uc_mcontext.regs[29];
#endif
    uint64_t lowest = stack;
    uint64_t outer = 0;
    for (unsigned i = 0; i < FRAMES; i++) {
        if (frame < lowest || frame - stack > FURTHEST || frame % sizeof(uint64_t))
            break;
        const uint64_t *words = (const uint64_t *)frame;
        if (words[1] == self->shown->next.pc)
            return words[1] - 1;
        if (!outer && !is_own(words[1]))
            outer = words[1];
        lowest = frame + 1;
        frame = words[0];
    }
    return outer ? outer - 1 : 0;
}
#endif

/* The default action follows: the same instruction again, or the signal that somebody sent. */
static void note_signal(int number, siginfo_t *info, void *context)
{
    struct fiber *self = own_fiber;
    if (under_control()) {
        uint64_t pc = number == SIGABRT && self ? self->abort_pc : pc_of(context);
        end_note(self, WIRE_SIGNALLED, number, pc);
        if (info->si_code > 0)
            world.outcome->object = (uint64_t)info->si_addr;
#ifndef RACELAB_TSAN
        /* After the rest was noted: the stack may be damaged. */
        uint64_t call = self && number != SIGABRT && (self->depth > 0 || is_own(pc))
                            ? call_of(self, context)
                            : 0;
        if (call && world.outcome->end == WIRE_SIGNALLED && world.outcome->pc == pc)
            world.outcome->pc = call;
#endif
    }
    const uint64_t by_default[4] = {0};
    SYS4(SYS_rt_sigaction, number, by_default, 0, sizeof(uint64_t));
    if (info->si_code <= 0)
        SYS3(SYS_tgkill, SYS0(SYS_getpid), SYS0(SYS_gettid), number);
}

/* ThreadSanitizer reports the others itself. */
static const int fatal[] = {SIGABRT,
#ifndef RACELAB_TSAN
                            SIGSEGV, SIGBUS, SIGFPE, SIGILL,
                            SIGTRAP, SIGSYS
#endif
};

enum { STACK_SIZE = 1 << 16 };
static char *stacks;

void end_stack(struct fiber *self)
{
    stack_t now;
    if (!stacks || sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE))
        return;
    const stack_t own = {.ss_sp = stacks + (size_t)self->index * STACK_SIZE, .ss_size = STACK_SIZE};
    sigaltstack(&own, NULL);
}

/* A handler of the program's own, or of a sanitizer, knows better. */
void end_begin(void)
{
    stacks = sys_memory((uint64_t)WIRE_THREADS * STACK_SIZE);
    struct sigaction noted = {.sa_sigaction = note_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction now;
        if (sigaction(fatal[i], NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) &&
            now.sa_handler == SIG_DFL)
            sigaction(fatal[i], &noted, NULL);
    }
}

static __attribute__((constructor)) void resolve(void)
{
    REAL_PLAIN_RESOLVE(exit)
    REAL_RESOLVE(_exit)
    REAL_PLAIN_RESOLVE(_Exit)
    REAL_PLAIN_RESOLVE(quick_exit)
    REAL_RESOLVE(abort)
    real_assert = (assert_fn *)dlsym(RTLD_NEXT, "__assert_fail");
    real_assert_number = (assert_number_fn *)dlsym(RTLD_NEXT, "__assert_perror_fail");
    on_exit(note_exit, NULL);
}
