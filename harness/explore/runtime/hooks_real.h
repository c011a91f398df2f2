/* For hooks_*.c: how they ask the scheduler, and what they go on to. */
#ifndef RACELAB_EXPLORE_HOOKS_REAL_H
#define RACELAB_EXPLORE_HOOKS_REAL_H

#include "explore/runtime/hooks.h"
#include "explore/wire.h"

#define CALLER ((uint64_t)__builtin_return_address(0))
#define JUMP   __attribute__((musttail)) return

/* Not every function exists in every program, or in every version of ThreadSanitizer. */
#define WEAK __attribute__((weak))

#ifdef RACELAB_TSAN
#define HOOK(name)      __wrap___tsan_##name
#define REAL_HOOK(name) __real___tsan_##name
#define PRESENT(name)   true
#else
#define HOOK(name)    __tsan_##name
#define PRESENT(name) ((name) != NULL)
extern __typeof__(racelab_explore_access) racelab_explore_access WEAK;
extern __typeof__(racelab_explore_idle) racelab_explore_idle WEAK;
extern __typeof__(racelab_explore_store) racelab_explore_store WEAK;
extern __typeof__(racelab_explore_load) racelab_explore_load WEAK;
extern __typeof__(racelab_explore_frees) racelab_explore_frees WEAK;
#endif

static inline bool point(const volatile void *address, size_t size, enum wire_op op, uint64_t pc)
{
    return PRESENT(racelab_explore_access) && racelab_explore_access(address, size, op, pc);
}

#endif
