/*
 * The scheduler inside a program: one thread at a time has the turn, and passes it on at points (see wire.h).
 *
 * Built twice from the same sources: as a library that is preloaded into plain and instrumented programs
 * (racelab-explore.so), and as objects that are linked into a program built with clang's ThreadSanitizer, whose
 * own interceptors these functions call (-DRACELAB_TSAN).
 *
 * The rule: a thread announces what it is about to do; the strategy picks one of those that can go on; only
 * then is the real call made, which then does not block. The state of mutexes and semaphores is read from
 * glibc's own objects, so that it is never out of date; read-write locks, conditions, barriers and all else
 * are kept in tables by address.
 *
 * No function here may call an interposed function of the C library, but by REAL(). No memory from malloc:
 * memory comes from mmap. The turn is handed on by raw futex system calls, so that no detector sees an
 * order between threads that the program does not make. All state is touched by the thread that has the
 * turn alone, but where a comment says otherwise.
 */
#ifndef RACELAB_EXPLORE_RUNTIME_H
#define RACELAB_EXPLORE_RUNTIME_H

#include "explore/runtime/real.h"
#include "explore/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define EXPORTED    __attribute__((visibility("default")))
#define CALLER      ((uint64_t)__builtin_return_address(0))
#define NO_DEADLINE UINT64_MAX

struct fiber; /* a thread under control */

/* What a thread is about to do. */
struct request {
    enum wire_op op;
    unsigned flags; /* WIRE_TIMED is set from the deadline */
    uint64_t object;
    uint32_t size;
    uint64_t second;
    uint64_t pc;
    uint64_t deadline_ns; /* virtual time; NO_DEADLINE: none. 0 is no default: set it */
    /* Whether it could be done now without blocking; NULL: always. Called by whoever has the turn, any
     * number of times; changes nothing. */
    bool (*ready)(const struct fiber *who, const struct request *request);
    void *data;       /* for `ready` */
    bool cancellable; /* a cancellation point: a cancelled thread can go on here */
    bool outside;     /* somebody outside the program might make it ready: no deadlock, see GRANT_OUTSIDE */
};

/* How a point was passed. */
enum grant {
    GRANT_READY, /* do it: it will not block */
    GRANT_LATE, /* its time limit has passed (the virtual clock stands at or after it), or it woke spuriously */
    GRANT_CANCELLED, /* the thread has been cancelled: call pthread_testcancel() once all is in order */
    GRANT_OUTSIDE,   /* not ready, and no thread can go on: make the real call, by runtime_outside_begin() */
    GRANT_REAL,      /* the scheduler has let go: make the real call, which may block */
};

/*
 * Begin and end of an interposed function. enter() gives NULL where the real function is to be called and
 * nothing else: no run is under way, this thread is not under control, or it is within another interposed
 * function already. Every enter() that gave a fiber is followed by one leave().
 */
struct fiber *runtime_enter(void);
void runtime_leave(struct fiber *self);

/* Stops before an operation until it is this thread's turn, and notes the step. */
enum grant runtime_point(struct fiber *self, const struct request *request);
/* A point at which nothing can block: memory, unlock, signal. */
void runtime_pass(struct fiber *self, enum wire_op op, uint64_t object, uint32_t size, uint64_t pc);

/* Adds flags to the step that this thread noted last. WIRE_FAILED: it changed nothing, and a thread that fails at the same
 * place again and again is set back. */
void runtime_mark(struct fiber *self, unsigned flags);
/*
 * Something changed that a spinning thread could wait for. Every point with WIRE_WRITES or WIRE_RELEASES does this by itself,
 * but two: a try that failed (runtime_mark), and a mutex, spin or read-write lock that a thread takes or gives back at
 * the same place as in the last round of its own loop. Else two threads that look at a variable under a lock by turns
 * would release each other for ever, while the third, which is to set it, never goes on; what it writes under the
 * lock counts for itself. Without instrumentation writes are not seen: there the locks and posts of a thread that is
 * not in such a loop stand for them, and a livelock is never said, for what looks like one may be progress.
 */
void runtime_changed(void);
/* The operation whose point this thread passed last turns out to change nothing that others could wait for. */
void runtime_unchanged(struct fiber *self);
/* The thread repeats itself: it is set back, until something changes or no other can go on. */
void runtime_set_back(struct fiber *self);

/*
 * Around a call that may wait for something outside the program: the turn is handed on, and the thread
 * comes back into the order when the call has ended. Determinism is lost only where another thread could go on
 * meanwhile.
 */
void runtime_outside_begin(struct fiber *self, enum wire_lost why, uint64_t pc);
void runtime_outside_end(struct fiber *self);

/* Ends the run at once with this outcome. */
_Noreturn void runtime_end(struct fiber *self, enum wire_end end, int status, uint64_t pc,
                           uint64_t object, const char *message);
/* Notes that determinism is lost. */
void runtime_lost(enum wire_lost why, uint64_t pc);
/* This process is no longer under control (the child of a fork): every enter() gives NULL from now on. */
void runtime_leave_process(void);

/* Fibers. */
uint16_t fiber_index(const struct fiber *fiber);
pid_t fiber_tid(const struct fiber *fiber); /* 0: it has not started yet */
bool fiber_ended(const struct fiber *fiber);
/* The fiber of a handle, or NULL. Handles of threads that were joined or have ended detached are forgotten. */
struct fiber *fiber_of(pthread_t thread);
/* The thread is to be woken at its point to act on a cancellation or to handle a signal. */
void fiber_cancel(struct fiber *fiber);
void fiber_interrupt(struct fiber *fiber, int signal_number);
/* How many fibers there are, ended ones included, and one by its index. */
unsigned fiber_count(void);
struct fiber *fiber_at(unsigned index);

/* Virtual time, nanoseconds since the run began; goes on a little with every point. */
uint64_t runtime_clock(void);
void runtime_clock_to(uint64_t ns); /* not backwards */
/* What the clocks of the program show when a run begins. */
#define RUNTIME_REALTIME_NS  UINT64_C(1700000000000000000)
#define RUNTIME_MONOTONIC_NS UINT64_C(1000000000000)

/* The plan of this run. */
const struct wire_plan *runtime_plan(void);

/* Tables by address: for each kind of object its own. The slot of this address, made anew and zeroed where there is none;
 * from mmap; never NULL. A slot stays where it is until the next table_get() or table_drop() of this table: keep addresses,
 * not slots, over a point. */
struct table {
    void *slots;
    uint32_t
        slot_size; /* set by the owner: sizeof the entry, which begins with its uint64_t address and is of whole words */
    uint32_t used, room;
};
void *table_get(struct table *table, uint64_t address);
void *table_find(struct table *table, uint64_t address); /* NULL: none */
void table_drop(struct table *table, uint64_t address);

#endif
