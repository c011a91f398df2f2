/*
 * What the files of interposed calls that may wait in the kernel have in common. For the thread that has the
 * turn, as everything in runtime.h is.
 */
#ifndef RACELAB_EXPLORE_CALLS_H
#define RACELAB_EXPLORE_CALLS_H

#include "explore/runtime/runtime.h"

#include <errno.h>
#include <stddef.h>

/* Leaves at the end of the scope, be it by an exception or by a cancellation. */
#define CONTROLLED __attribute__((cleanup(call_leave)))
static inline void call_leave(struct fiber **self)
{
    if (*self)
        runtime_leave(*self);
}

/* A real call, seen by ThreadSanitizer as made at `pc`: it takes the stack of a report from the entries that
 * instrumented functions note, and this library's are not. */
#ifdef RACELAB_TSAN
void __tsan_func_entry(void *pc); // NOLINT(*-reserved-identifier)
void __tsan_func_exit(void);      // NOLINT(*-reserved-identifier)
#define SEEN_AT(pc, call)                                                                          \
    ({                                                                                             \
        __tsan_func_entry((void *)(pc));                                                           \
        __typeof__(call) seen_result = (call);                                                     \
        __tsan_func_exit();                                                                        \
        seen_result;                                                                               \
    })
#else
#define SEEN_AT(pc, call) (call)
#endif

/* A point that is always ready; more is set by the caller. */
static inline struct request call_request(enum wire_op op, uint64_t object, uint64_t pc)
{
    return (struct request){.op = op, .object = object, .pc = pc, .deadline_ns = NO_DEADLINE};
}

/*
 * Stops before a call that is a cancellation point, and acts on a cancellation: then it does not return, and the frames of the
 * caller are unwound. The real call that follows finds no cancellation to act on.
 */
enum grant call_point(struct fiber *self, struct request *request);
/* The same for a call that waits outside: passes a point, then hands the turn on. To be ended by
 * runtime_outside_end(). */
void call_outside_begin(struct fiber *self, enum wire_lost why, uint64_t pc);

/* cancel.c. Acts on a cancellation that is due, by unwinding; else returns. */
void cancel_act(struct fiber *self);

/* signals.c. Runs the handlers of signals that have just been let in: ThreadSanitizer puts them off until one of its
 * interceptors ends. Outside of interposed functions. */
void signals_deliver(void);

/* clocks.c. Notes that the thread does at `pc` what loops do that wait for others or for a time to come: the second time
 * in a row it is set back. `patience`: how many times in a row are no sign of that. */
void call_repeats(struct fiber *self, uint64_t pc, unsigned patience);
/* A relative time limit as a deadline. */
uint64_t call_deadline_in(uint64_t seconds, uint64_t nanoseconds);

#endif
