/*
 * What is left of the compiler's interface and of <sanitizer/tsan_interface.h>: nothing to do here, for only
 * ThreadSanitizer needs to be told. Under it, these are its own.
 */
#include "explore/runtime/hooks_real.h"

#ifndef RACELAB_TSAN

#define NOTHING(name, ...)                                                                         \
    void __tsan_##name(__VA_ARGS__);                                                               \
    void __tsan_##name(__VA_ARGS__)                                                                \
    {                                                                                              \
    }

/* NOLINTBEGIN(bugprone-macro-parentheses): parameters */
#define NOTHING_OF(name, type)                                                                     \
    void __tsan_##name(type argument);                                                             \
    void __tsan_##name(type argument)                                                              \
    {                                                                                              \
        (void)argument;                                                                            \
    }

#define NOTHING_OF_TWO(name, type, other)                                                          \
    void __tsan_##name(type argument, other further);                                              \
    void __tsan_##name(type argument, other further)                                               \
    {                                                                                              \
        (void)argument;                                                                            \
        (void)further;                                                                             \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

NOTHING(init, void)
NOTHING(func_exit, void)
NOTHING(ignore_thread_begin, void)
NOTHING(ignore_thread_end, void)
NOTHING(check_no_mutexes_held, void)
NOTHING(flush_memory, void)
NOTHING_OF(func_entry, void *)
NOTHING_OF(atomic_signal_fence, int)
NOTHING_OF(acquire, void *)
NOTHING_OF(release, void *)
NOTHING_OF_TWO(mutex_create, void *, unsigned)
NOTHING_OF_TWO(mutex_destroy, void *, unsigned)
NOTHING_OF_TWO(mutex_pre_lock, void *, unsigned)
NOTHING_OF_TWO(mutex_pre_signal, void *, unsigned)
NOTHING_OF_TWO(mutex_post_signal, void *, unsigned)
NOTHING_OF_TWO(mutex_pre_divert, void *, unsigned)
NOTHING_OF_TWO(mutex_post_divert, void *, unsigned)
NOTHING_OF_TWO(mutex_post_unlock, void *, unsigned)
NOTHING_OF(destroy_fiber, void *)
NOTHING_OF_TWO(switch_to_fiber, void *, unsigned)
NOTHING_OF_TWO(set_fiber_name, void *, const char *)
NOTHING_OF_TWO(external_register_header, void *, const char *)
NOTHING_OF_TWO(external_assign_tag, void *, void *)

void __tsan_mutex_post_lock(void *mutex, unsigned flags, int recursion);
void __tsan_mutex_post_lock(void *mutex, unsigned flags, int recursion)
{
    (void)mutex;
    (void)flags;
    (void)recursion;
}

int __tsan_mutex_pre_unlock(void *mutex, unsigned flags);
int __tsan_mutex_pre_unlock(void *mutex, unsigned flags)
{
    (void)mutex;
    (void)flags;
    return 0;
}

/* A fiber's address is only ever handed back to the functions above. */
void *__tsan_get_current_fiber(void);
void *__tsan_get_current_fiber(void)
{
    return NULL;
}

void *__tsan_create_fiber(unsigned flags);
void *__tsan_create_fiber(unsigned flags)
{
    (void)flags;
    return NULL;
}

void *__tsan_external_register_tag(const char *type);
void *__tsan_external_register_tag(const char *type)
{
    (void)type;
    return NULL;
}

/* Memory of a library that is not instrumented: of no known size. */
void __tsan_external_read(void *address, void *caller, void *tag);
void __tsan_external_read(void *address, void *caller, void *tag)
{
    (void)tag;
    point(address, 1, WIRE_READ, (uint64_t)caller);
}

void __tsan_external_write(void *address, void *caller, void *tag);
void __tsan_external_write(void *address, void *caller, void *tag)
{
    (void)tag;
    point(address, 1, WIRE_WRITE, (uint64_t)caller);
}

#else

/* external_* too: they are points in both flavours. */
void REAL_HOOK(external_read)(void *address, void *caller, void *tag) WEAK;
void REAL_HOOK(external_write)(void *address, void *caller, void *tag) WEAK;
void HOOK(external_read)(void *address, void *caller, void *tag);
void HOOK(external_write)(void *address, void *caller, void *tag);

void HOOK(external_read)(void *address, void *caller, void *tag)
{
    point(address, 1, WIRE_READ, (uint64_t)caller);
    JUMP REAL_HOOK(external_read)(address, caller, tag);
}

void HOOK(external_write)(void *address, void *caller, void *tag)
{
    point(address, 1, WIRE_WRITE, (uint64_t)caller);
    JUMP REAL_HOOK(external_write)(address, caller, tag);
}

#endif
