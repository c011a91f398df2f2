/*
 * Memory under control: accesses as points, threads that spin, blocks that were freed, stores that others
 * see late. What the program's instrumentation reports comes in by hooks.h.
 */
#ifndef RACELAB_EXPLORE_MEMORY_H
#define RACELAB_EXPLORE_MEMORY_H

#include "explore/runtime/runtime.h"

/*
 * For the core, before each point of a thread, by itself, while it still has the turn: stores that it holds back take effect
 * where the operation is one that other threads are ordered by, or their time has come.
 */
void memory_settle(enum wire_op op);

/* The thread tried to get the object there and failed. It may do so again and again. */
void memory_tried(struct fiber *self, uint64_t object, uint64_t pc);

/* A block that the program has freed, whose memory is kept from reuse. */
struct freed_block {
    uint64_t address;
    uint64_t size; /* that could be used: at least what was asked for */
    uint64_t pc;   /* of the call that freed it */
    uint16_t thread;
};

/* Whether any of these bytes is in such a block. Never so in a program built with ThreadSanitizer, which
 * finds that out itself. heap.c */
bool memory_freed(uint64_t address, uint64_t size, struct freed_block *block);

/*
 * For the core too, when the thread has got the turn for an operation on an object: ends the run as WIRE_FREED where the
 * object is in such a block. The message ends in "freed-at 0xPC".
 */
void memory_check(struct fiber *self, enum wire_op op, uint64_t address, uint64_t size,
                  uint64_t pc);

/* held.c. Atomic stores that only their own thread sees as yet (WIRE_BUFFERED). */
/* True: the store is kept; false: it is to be made. Nothing older of this thread is then left. */
bool held_store(struct fiber *self, uint64_t address, const void *value, uint32_t size, int order);
/* True: the value is that of this thread's own store. One that covers the place only in part is made. */
bool held_load(uint64_t address, void *value, uint32_t size);
/* Makes those whose time has come; all: every one. */
void held_flush(bool all);

/* Whether that is code of the dynamic loader. What it frees is its own, and it frees with its locks held, which pthread_create()
 * asks for as well: it is let go through, or a thread that waits for such a lock keeps all others waiting. */
bool memory_of_loader(uint64_t pc);

#endif
