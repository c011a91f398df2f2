/*
 * What the compiler's -fsanitize=thread calls in a program, answered by the scheduler: each load, store and
 * atomic operation is a point.
 *
 * The files hooks_*.c are built twice. For flavour "explore" they are the whole of that interface, and do the
 * operation themselves; the scheduler is asked by weak symbols, and is there only where
 * racelab-explore.so is preloaded. For flavour "explore-tsan" (-DRACELAB_TSAN) they stand between the program
 * and ThreadSanitizer by the linker's --wrap, and jump on to it: its reports show the program's own
 * frame, because there is no other.
 */
#ifndef RACELAB_EXPLORE_HOOKS_H
#define RACELAB_EXPLORE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* memory.c. All are for the calling thread, at any time, in any thread; `pc` is where the program's own code
 * goes on after the operation. */

/*
 * Before an operation of this kind (enum wire_op) on `size` bytes. True: the thread is under control, and has the
 * turn until its next point.
 */
bool racelab_explore_access(const volatile void *address, size_t size, unsigned op, uint64_t pc);
/* The atomic update whose point was passed last will change nothing; `failed`: it is a compare-exchange that fails. */
void racelab_explore_idle(bool failed);
/* An atomic store, its point included. True: it is done, as far as this thread can see. */
bool racelab_explore_store(volatile void *address, const void *value, size_t size, int order,
                           uint64_t pc);
/* An atomic load, its point included. True: the value is in *value. */
bool racelab_explore_load(const volatile void *address, void *value, size_t size, uint64_t pc);
/* The next block that this thread frees is freed at `pc`; 0: no longer. */
void racelab_explore_frees(uint64_t pc);

#endif
