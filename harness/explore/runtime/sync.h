/*
 * What the functions on mutexes, conditions, semaphores and their like have in common, and those that are used by
 * more than one file. For the thread that has the turn, as everything in runtime.h is.
 *
 * A call announces a point, and makes the real call once that is passed. What would keep it waiting is read from
 * glibc's object where that tells it; the layouts are those of glibc 2.28 to 2.40 (explain/waits/glibc.h says
 * which of its headers they were taken from). Where the object is held by a thread or process that is not under
 * control, the real call is made outside the order, and may wait.
 *
 * Use after destruction. glibc marks a mutex (kind -1) and a condition (bit 4 of __wrefs, "wake request");
 * the others are marked here, in bytes that glibc gives no meaning, so that an object which is made anew by
 * assignment, or in other memory at the same address, is never taken for the old one. A mark, an initialiser
 * and a fresh assignment all write the same bytes. It ends the run as WIRE_DESTROYED when
 *   - an object is used, or destroyed again, after it was destroyed;
 *   - a condition or a barrier is destroyed or made anew while threads are blocked at it. Those that have been
 *     woken are no longer blocked (POSIX's own example destroys a condition right after a broadcast, and glibc
 *     lets a barrier go when its round is complete);
 *   - a semaphore is destroyed while threads wait for it;
 *   - a read-write lock, spin lock or robust mutex is destroyed while it is held: glibc says 0 to that;
 *   - another mutex is destroyed while some other thread holds it. glibc answers EBUSY, but POSIX gives no
 *     such promise, and whether that thread has unlocked it yet is a matter of the schedule. To the holder
 *     itself EBUSY is an answer, the same in every schedule: it is passed on.
 * A mutex or lock that is made anew while the old one was held is no finding: memory may have been given
 * back without a destroy, and its old bytes say nothing.
 */
#ifndef RACELAB_EXPLORE_SYNC_H
#define RACELAB_EXPLORE_SYNC_H

#include "explore/runtime/runtime.h"

#include <errno.h>
#include <semaphore.h>
#include <stddef.h>

/* Leaves at the end of the scope, be it by an exception or by a cancellation. */
#define CONTROLLED __attribute__((cleanup(sync_leave)))
static inline void sync_leave(struct fiber **self)
{
    if (*self)
        runtime_leave(*self);
}

/* A real call, seen by ThreadSanitizer as made at `pc`: it takes the stack of a report from the
 * entries that instrumented functions note, and this library's are not. */
#ifdef RACELAB_TSAN
void __tsan_func_entry(void *pc);         // NOLINT(*-reserved-identifier)
void __tsan_func_exit(void);              // NOLINT(*-reserved-identifier)
void __tsan_acquire(void *at);            // NOLINT(*-reserved-identifier)
void __tsan_release(void *at);            // NOLINT(*-reserved-identifier)
void __tsan_read1_pc(void *at, void *pc); // NOLINT(*-reserved-identifier)
#define SEEN_AT(pc, call)                                                                          \
    ({                                                                                             \
        __tsan_func_entry((void *)(pc));                                                           \
        __typeof__(call) seen_result = (call);                                                     \
        __tsan_func_exit();                                                                        \
        seen_result;                                                                               \
    })
#else
#define SEEN_AT(pc, call) ((void)(pc), (call))
#endif

/* A point at `object` that is always ready; more is set by the caller. */
static inline struct request sync_request(enum wire_op op, const void *object, size_t size,
                                          uint64_t pc)
{
    return (struct request){.op = op,
                            .object = (uint64_t)object,
                            .size = (uint32_t)size,
                            .pc = pc,
                            .deadline_ns = NO_DEADLINE};
}

/* The time limit of a call. A null pointer where there is none. */
struct limit {
    clockid_t clock;
    const struct timespec *at;
};
/* Clocks for which glibc has timed calls; for others they all say EINVAL before anything else. */
static inline bool limit_clock(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}
bool limit_valid(const struct limit *limit);
/* Sets the deadline. Where the limit is not valid the call is always ready: the real one refuses it or, a free
 * mutex, does not look at it, and waits in neither case. */
void limit_request(const struct limit *limit, struct request *request);

/* The process has forked: an object that processes share may be somebody else's to release. */
bool sync_has_forked(void);

/* Whether the thread of this id is one under control, or was; then its index is stored. */
bool sync_fiber(pid_t tid, uint16_t *index);
/* It is not, and it lives: it may release what it holds without a point. One that is gone will not. */
bool sync_outside(pid_t tid);

/* Ends the run as WIRE_DESTROYED: "a mutex is locked after it was destroyed". */
_Noreturn void sync_after_destroy(struct fiber *self, uint64_t pc, const void *object,
                                  const char *what);
/* "a mutex is destroyed while thread 2 holds it", "a barrier is destroyed while 2 threads wait at it". */
_Noreturn void sync_while_held(struct fiber *self, uint64_t pc, const void *object,
                               const char *what, uint16_t holder);
_Noreturn void sync_while_used(struct fiber *self, uint64_t pc, const void *object,
                               const char *what, unsigned users, const char *one,
                               const char *several);

/* locks.c. Whether `who` can lock it now without waiting for a thread under control. */
bool mutex_available(const struct fiber *who, const pthread_mutex_t *mutex);
int mutex_lock(pthread_mutex_t *mutex, const struct limit *limit, uint64_t pc);
int mutex_trylock(pthread_mutex_t *mutex, uint64_t pc);
int mutex_unlock(pthread_mutex_t *mutex, uint64_t pc);
int mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes, uint64_t pc);
int mutex_destroy(pthread_mutex_t *mutex, uint64_t pc);
/* For conditions: no point of its own for the one; the other announces WIRE_LOCK only where it would wait. Both within
 * an entered function. */
int mutex_give(struct fiber *self, pthread_mutex_t *mutex, uint64_t pc);
int mutex_take_back(struct fiber *self, pthread_mutex_t *mutex, uint64_t pc);

/* conditions.c */
int condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct limit *limit,
                   uint64_t pc);
int condition_signal(pthread_cond_t *condition, uint64_t pc);
int condition_broadcast(pthread_cond_t *condition, uint64_t pc);
int condition_init(pthread_cond_t *condition, const pthread_condattr_t *attributes, uint64_t pc);
int condition_destroy(pthread_cond_t *condition, uint64_t pc);

/* once.c */
int once_run(pthread_once_t *control, void (*routine)(void), uint64_t pc);

#endif
