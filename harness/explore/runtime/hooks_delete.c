/*
 * C++'s delete: it ends in free(), or in ThreadSanitizer's allocator. Which line of the program freed the block is
 * known only here.
 */
#include "explore/runtime/hooks_real.h"

#ifdef RACELAB_TSAN
#define FREES(at, pc)                                                                              \
    if (at)                                                                                        \
    racelab_explore_access(at, 0, WIRE_FREE, pc)
#define FREED() (void)0
#else
#define FREES(at, pc)                                                                              \
    if (racelab_explore_frees)                                                                     \
    racelab_explore_frees(pc)
#define FREED() FREES(NULL, 0)
#endif

#define DELETE(name, parameters, ...)                                                              \
    void __real_##name parameters WEAK;                                                            \
    void __wrap_##name parameters;                                                                 \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        FREES(at, CALLER);                                                                         \
        __real_##name(__VA_ARGS__);                                                                \
        FREED();                                                                                   \
    }

DELETE(_ZdlPv, (void *at), at)
DELETE(_ZdaPv, (void *at), at)
DELETE(_ZdlPvm, (void *at, size_t size), at, size)
DELETE(_ZdaPvm, (void *at, size_t size), at, size)
DELETE(_ZdlPvSt11align_val_t, (void *at, size_t alignment), at, alignment)
DELETE(_ZdlPvmSt11align_val_t, (void *at, size_t size, size_t alignment), at, size, alignment)
