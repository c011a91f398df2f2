/*
 * A small simulator of programs, for tests of strategies and searches: threads are lists of instructions on
 * shared words, mutexes, conditions and semaphores; each operation is a point, scheduled by runtime/strategy.c
 * as in a real program, and the block comes back as the runtime would leave it. Exact and without real threads.
 */
#ifndef RACELAB_EXPLORE_SIMULATE_TEST_SUPPORT_H
#define RACELAB_EXPLORE_SIMULATE_TEST_SUPPORT_H

#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

enum { SIM_OBJECTS = 256 }; /* of each kind, numbered from 0 */

/*
 * Instructions: those of enum wire_op that are named here, which are points, and those of enum sim_op, which are
 * not: they are done at once behind the point before. A thread has two registers, a and b, both 0 at first
 * but for a, which counts the threads of the same body.
 *
 *   WIRE_READ, WIRE_ATOMIC_LOAD     a = word[object]
 *   WIRE_WRITE, WIRE_ATOMIC_STORE   word[object] = a
 *   WIRE_ATOMIC_UPDATE              a = word[object]; word[object] += value
 *   WIRE_LOCK, WIRE_UNLOCK          mutex
 *   WIRE_TRY_LOCK                   a = 1 if it was had, else 0
 *   WIRE_WAIT                       condition `object` with mutex `value`; `timed`: a = 1 if its time passed, else 0
 *   WIRE_SIGNAL, WIRE_BROADCAST     condition
 *   WIRE_SEM_WAIT, WIRE_SEM_POST    semaphore, 0 at first
 *   WIRE_CREATE                     a thread of body `object`
 *   WIRE_JOIN                       the thread that this one made as number `object`, from 0
 *   WIRE_YIELD                      set back until another thread changes something
 *   WIRE_SLEEP                      nothing
 */
enum sim_op {
    SIM_CAS =
        WIRE_OP_COUNT, /* a point, as WIRE_ATOMIC_UPDATE: if word[object] == b: it = a, a = 1; else a = 0 */
    SIM_SET,           /* a = value */
    SIM_ADD,           /* a += value */
    SIM_SWAP,          /* a and b */
    SIM_SUM,           /* a += b */
    SIM_ASSERT, /* a == value, else the run fails */
    SIM_UNLESS, /* go to instruction `object` unless a == value */
};

struct sim_instruction {
    int op;
    unsigned object;
    int value;
    bool timed;
};

/* A thread's function. Start, end and their points are added by the simulator. */
struct sim_body {
    const struct sim_instruction *code;
    size_t count;
};

#define SIM_BODY(code)                                                                             \
    {                                                                                              \
        (code), sizeof(code) / sizeof((code)[0])                                                   \
    }

/* Body 0 is main, with which the run begins (without a WIRE_START) and ends. */
struct sim_program {
    const struct sim_body *bodies;
    size_t count;
};

/* Where things are: addresses in steps. */
#define SIM_WORD(n)      (0x10000u + 8u * (n))
#define SIM_MUTEX(n)     (0x20000u + 64u * (n))
#define SIM_CONDITION(n) (0x30000u + 64u * (n))
#define SIM_SEMAPHORE(n) (0x40000u + 64u * (n))
#define SIM_START(body)  (0x400000u + 0x10000u * (body))
/* pc of instruction n of a body. */
#define SIM_PC(body, n) (SIM_START(body) + 4u * (n) + 4u)

/* From malloc. */
struct wire_block *sim_block_new(size_t segments, size_t filter, size_t steps);

/* One run by the block's plan, guide and filter. Outcomes: WIRE_EXITED, WIRE_DEADLOCK, WIRE_ASSERTED, WIRE_TOO_LONG. */
void sim_run(const struct sim_program *program, struct wire_block *block);

#endif
