/*
 * The functions that the runtime stands in front of: REAL(pthread_mutex_lock)(mutex).
 *
 * In a program built with clang's ThreadSanitizer they are its interceptors, so that it sees every call
 * as if the runtime were not there. Else they are the next definition after this library: libc's, or
 * that of another preloaded library.
 */
#ifndef RACELAB_EXPLORE_REAL_H
#define RACELAB_EXPLORE_REAL_H

#include <dlfcn.h>
#include <pthread.h>

#ifdef RACELAB_TSAN
#define REAL_FUNCTION(name) extern __typeof__(name) __interceptor_##name;
#define REAL(name)          __interceptor_##name
#define REAL_RESOLVE(name)
#define REAL_RESOLVE_VERSION(name, version)
/* For functions that ThreadSanitizer does not intercept: the C library's own. */
#define REAL_PLAIN_FUNCTION(name) static __typeof__(name) *plain_##name;
#else
#define REAL_FUNCTION(name) static __typeof__(name) *real_##name;
#define REAL(name)          (*real_##name)
#define REAL_RESOLVE(name)  real_##name = (__typeof__(name) *)dlsym(RTLD_NEXT, #name);
/* The condition's functions have two versions in glibc on x86-64: the plain name finds the old one. */
#define REAL_RESOLVE_VERSION(name, version)                                                        \
    real_##name = (__typeof__(name) *)dlvsym(RTLD_NEXT, #name, version);                           \
    if (!real_##name)                                                                              \
    REAL_RESOLVE(name)
#define REAL_PLAIN_FUNCTION(name) static __typeof__(name) *plain_##name;
#endif
#define REAL_PLAIN(name)         (*plain_##name)
#define REAL_PLAIN_RESOLVE(name) plain_##name = (__typeof__(name) *)dlsym(RTLD_NEXT, #name);

#endif
