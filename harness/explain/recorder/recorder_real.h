/*
 * For the files of functions that stand before the C library's own: how they find and call those.
 */
#ifndef RACELAB_EXPLAIN_RECORDER_RECORDER_REAL_H
#define RACELAB_EXPLAIN_RECORDER_RECORDER_REAL_H

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "explain/recorder/recorder.h"

#define EXPORTED __attribute__((visibility("default")))

#define LOCK     pthread_mutex_t *
#define DEADLINE const struct timespec *

static __attribute__((cold, noinline)) void *look_up(const char *name, const char *version)
{
    int saved = errno;
    void *found = version ? dlvsym(RTLD_NEXT, name, version) : dlsym(RTLD_NEXT, name);
    errno = saved;
    return found;
}

/*
 * real_NAME() returns the next definition of NAME in this version (NULL: the default one). Each is
 * looked up when it is first needed, not all at once: the search may end up in a malloc() that
 * locks, and then only what that needs is searched.
 */
#define REAL(name, version, ...)                                                                   \
    static int (*_Atomic found_##name)(__VA_ARGS__);                                               \
    static inline int (*real_##name(void))(__VA_ARGS__)                                            \
    {                                                                                              \
        int (*found)(__VA_ARGS__) = atomic_load_explicit(&found_##name, memory_order_relaxed);     \
        if (__builtin_expect(!found, 0)) {                                                         \
            found = look_up(#name, version);                                                       \
            atomic_store_explicit(&found_##name, found, memory_order_relaxed);                     \
        }                                                                                          \
        return found;                                                                              \
    }

/* Before the program begins, so that later calls, perhaps from signal handlers, search nothing. */
#define RESOLVE(name, ...) (void)real_##name();

#if __has_attribute(musttail)
#define JUMP __attribute__((musttail)) return
#else
#define JUMP return
#endif

/* Program counter, stack pointer and frame pointer of the caller of the function that it stands in:
 * three arguments, because a struct would be written and then read back before it has arrived. */
#define SITE                                                                                       \
    (uint64_t) __builtin_return_address(0), (uint64_t)__builtin_dwarf_cfa(),                       \
        *(const uint64_t *)__builtin_frame_address(0)

#endif
