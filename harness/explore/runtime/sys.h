/*
 * System calls made directly: syscall() is interposed by others and by the runtime itself, and sets errno, which
 * the program must find as it left it. Each gives the kernel's result, negative errno on failure.
 */
#ifndef RACELAB_EXPLORE_SYS_H
#define RACELAB_EXPLORE_SYS_H

#include <stdint.h>
#include <sys/syscall.h>

#if defined __x86_64__
static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined __aarch64__
static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "system calls are not known on this architecture"
#endif

#define SYS_ARGUMENT(x)    ((long)(x))
#define SYS0(number)       sys6(number, 0, 0, 0, 0, 0, 0)
#define SYS1(number, a)    sys6(number, SYS_ARGUMENT(a), 0, 0, 0, 0, 0)
#define SYS2(number, a, b) sys6(number, SYS_ARGUMENT(a), SYS_ARGUMENT(b), 0, 0, 0, 0)
#define SYS3(number, a, b, c)                                                                      \
    sys6(number, SYS_ARGUMENT(a), SYS_ARGUMENT(b), SYS_ARGUMENT(c), 0, 0, 0)
#define SYS4(number, a, b, c, d)                                                                   \
    sys6(number, SYS_ARGUMENT(a), SYS_ARGUMENT(b), SYS_ARGUMENT(c), SYS_ARGUMENT(d), 0, 0)
#define SYS6(number, a, b, c, d, e, f)                                                             \
    sys6(number, SYS_ARGUMENT(a), SYS_ARGUMENT(b), SYS_ARGUMENT(c), SYS_ARGUMENT(d),               \
         SYS_ARGUMENT(e), SYS_ARGUMENT(f))

/* Zeroed memory; NULL: there is none. */
void *sys_memory(uint64_t size);
void sys_memory_back(void *memory, uint64_t size);
/* Real time in nanoseconds, for time limits of the runtime's own. */
uint64_t sys_now(void);

/* Sets it to zeros; without memset(), which others intercept. */
void sys_clear(void *memory, uint64_t size);

#endif
