/*
 * The lock objects of glibc in the memory of another process.
 *
 * The layouts are those of glibc 2.28 to 2.40 on 64-bit little-endian x86_64 and aarch64. They are
 * no interface that glibc promises, so every field says which of its headers it was taken from (as
 * of 2.36), and what cannot be such an object is refused where that can be told.
 */
#ifndef RACELAB_EXPLAIN_WAITS_GLIBC_H
#define RACELAB_EXPLAIN_WAITS_GLIBC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "explain/waits/wait.h"

/* sysdeps/nptl/bits/struct_mutex.h, sysdeps/x86/nptl/bits/struct_mutex.h; the bits of the kind from
 * sysdeps/nptl/pthreadP.h and sysdeps/nptl/pthread.h; those of the word from <linux/futex.h>. */
struct glibc_mutex {
    pid_t owner; /* __owner at 8; of a robust or priority-inheriting mutex the thread id in __lock
                       at 0, which the kernel reads as well. 0: nobody */
    unsigned users; /* __nusers at 12: 1 while it is locked */
    bool locked;    /* __lock at 0 */
    bool destroyed; /* __kind at 16: -1, as pthread_mutex_destroy() leaves it */
    bool shared;    /* __kind, bit 7: between processes */
    bool plausible; /* the kind has no bit that no mutex has */
};

/* sysdeps/nptl/bits/struct_rwlock.h, sysdeps/{x86,aarch64}/nptl/bits/struct_rwlock.h; the bits from
 * nptl/pthread_rwlock_common.c and sysdeps/nptl/pthreadP.h. */
struct glibc_rwlock {
    long readers; /* __readers at 0, bits 3 up, where the phase (bit 0) is a read phase: those
                            who have the lock. In a write phase they wait, and nobody reads: 0 */
    bool writer_waiting; /* __readers, bit 1, in a read phase: a writer waits for the readers */
    pid_t writer;        /* __cur_writer at 24; 0: none */
    bool shared;         /* __shared at 28 */
};

/* struct pthread_barrier of sysdeps/nptl/internaltypes.h. */
struct glibc_barrier {
    /* `in` at 0 less `current_round` at 4, which is the value of `in` at the end of the last round
     * that is complete; -1 where that is not below `needed`. */
    long arrived;
    long needed; /* `count` at 8 */
};

/* Each answers false where the memory cannot be read or holds no such object. */
bool glibc_read_mutex(const struct wait_sources *sources, pid_t pid, uint64_t base,
                      struct glibc_mutex *mutex);
bool glibc_read_rwlock(const struct wait_sources *sources, pid_t pid, uint64_t base,
                       struct glibc_rwlock *lock);
bool glibc_read_barrier(const struct wait_sources *sources, pid_t pid, uint64_t base,
                        struct glibc_barrier *barrier);

/* struct new_sem of sysdeps/nptl/internaltypes.h: `data` at 0 has the value in its low 32 bits and
 * the number of waiters above; `private` at 8. */
struct glibc_semaphore {
    long value;
    uint32_t waiters;
    bool plausible; /* someone waits, and `private` is one of its two values */
};
bool glibc_read_semaphore(const struct wait_sources *sources, pid_t pid, uint64_t base,
                          struct glibc_semaphore *semaphore);

/*
 * From the futex word that a thread sleeps on to the object.
 *
 * Condition: the word is __g_signals[g], at 40 or 44 (sysdeps/nptl/bits/thread-shared-types.h); the
 * object is aligned to 8, which leaves one of the two. False where __wrefs at 36, __wseq at 0 and
 * __g1_start at 8 do not show a waiter.
 */
bool glibc_find_cond(const struct wait_sources *sources, pid_t pid, uint64_t word, uint64_t *base);

/*
 * Read-write lock: __readers at 0, __wrphase_futex at 8 or __writers_futex at 12; the object is
 * aligned to 8, and only __readers has a value of 8 or more while it is waited on.
 * `writes`: the thread waits to write, as far as the word alone can tell.
 */
uint64_t glibc_rwlock_of(uint64_t word, uint32_t value, bool *writes);

/* Barrier: `current_round` at 4; `in` at 0 for a destroyer and while the counters start anew. */
uint64_t glibc_barrier_of(uint64_t word);

#endif
