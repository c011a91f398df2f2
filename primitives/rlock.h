#ifndef RACELAB_PRIMITIVES_RLOCK_H
#define RACELAB_PRIMITIVES_RLOCK_H

/*
 * Python's threading.RLock: a lock that its owner may acquire again, and that is free when it
 * has been released as often as it was acquired.
 *
 * Any thread may call the acquiring and releasing functions at any time between rlock_new and
 * rlock_free. Timeouts are milliseconds, see deadline.h.
 *
 * Built from a mutex and a condition rather than a mutex of type PTHREAD_MUTEX_RECURSIVE: that
 * one measures its timed lock on CLOCK_REALTIME, and pthread_mutex_clocklock, which can do
 * better, is unknown to ThreadSanitizer of clang 14 and to Helgrind 3.19. The price: detectors
 * see the happens-before edges of an rlock, but not that it is a lock. A cycle in the order of
 * two rlocks is reported by none of them, and a lockset has no entry for it.
 *
 * Different from Python: it lives on the heap, because rlock_release keeps Python's meaning and
 * can therefore not be the end of an embedded struct. acquire(blocking, timeout) is three
 * functions. Releasing a lock that one does not own is -EPERM, not RuntimeError. Not different,
 * but worth knowing: a thread that ends while it owns the lock leaves it locked, unless a new
 * thread happens to get the same pthread_t and with it the ownership.
 */

#include <pthread.h>

struct rlock {
    pthread_mutex_t mutex;
    pthread_cond_t released; /* signalled when count becomes 0 */
    pthread_t owner;         /* guarded by mutex; without meaning when count is 0 */
    unsigned count;          /* guarded by mutex; acquisitions of the owner to be released yet */
};

/* A free lock, which belongs to the caller, or NULL when there is no memory. */
struct rlock *rlock_new(void);

/* Nobody may hold the lock or wait for it. NULL is allowed. */
void rlock_free(struct rlock *lock);

/* Waits until the lock is free or the caller's own. 0, or -EAGAIN when count would overflow. */
int rlock_acquire(struct rlock *lock);

/* As rlock_acquire, but -EBUSY instead of waiting. */
int rlock_try_acquire(struct rlock *lock);

/* As rlock_acquire, but -ETIMEDOUT when another thread still owns the lock after timeout_ms. */
int rlock_acquire_timed(struct rlock *lock, int timeout_ms);

/* Undoes one acquisition. 0, or -EPERM, with nothing changed, for anybody but the owner. */
int rlock_release(struct rlock *lock);

#endif
