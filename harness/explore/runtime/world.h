/*
 * What the core's own files share: the fibers, who has the turn, the trace. Other files use runtime.h.
 *
 * Who may touch what: `turn` is the lock of all this. A thread that has set TURN_BUSY in it is within the
 * core and may touch everything; without it, a thread touches only what is marked as its own. `turn` says who runs:
 * - N            thread N runs the program's code. It takes TURN_BUSY at its next point; a monitor may take it too, and
 *                with it the turn, where N has not come to a point for long.
 * - N|TURN_BUSY  N is within the core, for some hundred instructions.
 * - TURN_NOBODY  no thread can go on before one comes back from outside; it takes TURN_BUSY itself.
 */
#ifndef RACELAB_EXPLORE_WORLD_H
#define RACELAB_EXPLORE_WORLD_H

#include "explore/runtime/runtime.h"
#include "explore/runtime/strategy.h"

enum { TURN_BUSY = 1 << 16, TURN_NOBODY = 0xffff };

enum fiber_state {
    FIBER_RUNS,    /* it has the turn */
    FIBER_PARKED,  /* it waits for the turn before its request */
    FIBER_OUTSIDE, /* within runtime_outside_begin() .. end(), or the turn was taken from it */
    FIBER_ENDED,
};

enum { SPIN_PCS = 8 };

struct fiber {
    uint32_t word; /* futex: 1: it has been given the turn */
    uint16_t index;
    uint16_t state;
    struct wire_thread *shown; /* in the block; `next` and `points` are kept there */
    const struct request *request;
    struct fiber *go_after; /* let go to its real call: behind this one; NULL: at once */
    uint32_t went;          /* it was let go, and goes */
    uint64_t waits_since; /* world.points when it came to its request */
    struct request start; /* WIRE_START, before it runs */
    enum grant grant;
    bool filtered; /* its pending access is one where the plan decides nothing */
    bool cancelled;
    bool moved;     /* the program has set its processors */
    bool widened;   /* it may run on all processors again; the monitor's */
    bool counted;   /* its last step counted as a change */
    bool freed;     /* the turn was taken from it: FIBER_OUTSIDE without runtime_outside_begin() */
    bool parked;    /* its own: it sleeps, or is about to, with all signals blocked */
    int interrupt;  /* signal to be handled; 0: none */
    int handling;   /* its own: the turn was given to handle it */
    uint32_t depth; /* its own: within an interposed function */
    struct wire_step *last_step; /* NULL: not recorded */

    /* Spinning. Set back while set_back_at == world.changes + 1. */
    uint64_t set_back_at;
    uint64_t let_go_at; /* world.changes when let_go was counted from 0 */
    uint32_t let_go;    /* times it was let go while set back, without a change */
    uint32_t pc_count, old_pc_count;
    uint64_t pcs[SPIN_PCS], old_pcs[SPIN_PCS]; /* of locks in this round of its loop, in the last */

    struct fiber *next_arrival;

    /* The thread */
    pthread_t handle;
    bool has_handle; /* false once joined, or ended detached */
    bool detached;
    bool c11; /* function is a thrd_start_t */
    int tid;  /* 0: not started */
    void *(*function)(void *);
    void *argument;
    uint64_t mask; /* of signals, its own */
    struct fiber *joiner;
    uint64_t abort_pc; /* its own: where it called abort() */

    /* Monitor's look at others, its own */
    uint32_t seen_turn;
    uint64_t seen_points, seen_since, seen_cpu, seen_first_cpu;
};

enum world_phase {
    WORLD_BEFORE, /* no run yet */
    WORLD_RUNS,
    WORLD_REAL, /* stuck, and every thread was let go to its real call */
};

struct world {
    enum world_phase phase;
    int pid;
    struct wire_block *block;
    struct wire_plan *plan;
    struct wire_outcome *outcome;
    const uint64_t *filter;
    struct wire_step *steps;
    uint32_t step_room;     /* 0: nothing is recorded */
    uint32_t turn;          /* atomic */
    struct fiber *arrivals; /* atomic: threads that want the turn back, latest first */
    uint64_t points;        /* of all threads; atomic, for the monitor */
    uint64_t clock;
    uint64_t changes;
    uint16_t last;    /* thread of the step before */
    bool memory_seen; /* the program is instrumented: its memory accesses are points */
    int dying;        /* tid of a thread that may not have left the kernel yet; 0: none */
    unsigned count;   /* fibers ever */
    unsigned live_count;
    unsigned outside;            /* in state FIBER_OUTSIDE */
    uint16_t live[WIRE_THREADS]; /* ascending; not ended */
    struct fiber fibers[WIRE_THREADS];
};

extern struct world world;
/* The thread's own fiber, NULL: it is not under control. */
extern __thread struct fiber *own_fiber;
/* 1 while a run is under way in this process; the kernel empties the page in a forked child. */
extern uint32_t *world_active;

/* world.c */
void world_begin(struct wire_block *block);
void world_lost(enum wire_lost why, uint64_t pc);
_Noreturn void world_no_memory(void);
/* Fills the fiber's pending step. */
void world_announce(struct fiber *self, const struct request *request);
/* The fiber passes its point: counts and records it. `enabled`: see wire_step; flags beside those of the request. */
void world_pass(struct fiber *fiber, unsigned flags, uint64_t enabled);

/* choose.c. With TURN_BUSY. */
/* Picks who goes on, passes its point and sets its grant. `current`: who had the turn, NULL: it cannot go on.
 * NULL: nobody can. */
struct fiber *choose(struct fiber *current);
bool choose_any(void); /* whether choose() would find one */

/* turn.c */
/* Takes TURN_BUSY; false: the turn was taken from this thread, or it is outside. */
bool turn_enter(struct fiber *self);
void turn_leave(struct fiber *self);
/* Waits for the turn and gives it, without TURN_BUSY. `self` is outside and has announced its request. */
void turn_return(struct fiber *self);
/* Gives the turn to whoever can go on, and not to `self`, which is no candidate: it ends or goes outside. With TURN_BUSY,
 * which it gives up. False: nobody could, and nobody has the turn. */
bool turn_give_up(struct fiber *self);
/* A parked thread takes the turn from another, which goes on freely until its next point. */
void turn_take_from(struct fiber *self, uint32_t holder, enum wire_lost why);
/* Waits until the turn is given to the fiber, which has no turn yet. Signals are blocked. */
void turn_await(struct fiber *self);
/* Signals are blocked between these. */
void turn_block_signals(struct fiber *self);
void turn_unblock_signals(struct fiber *self);
void turn_wait_gone(int tid);

/* monitor.c */
/* A parked thread looks after who has the turn. */
void monitor_look(struct fiber *self);
/* The letter of a thread's state in /proc, 0: unknown. */
char monitor_state(int tid);

/* fibers.c */
/* With the turn. NULL: there are too many. */
struct fiber *fiber_new(struct fiber *parent, uint64_t start, uint64_t pc);
void fiber_drop(struct fiber *fiber); /* its thread could not be made; the newest one only */
void fiber_end(struct fiber *fiber);
/* This thread becomes the fiber's. */
void fiber_adopt(struct fiber *fiber);

/* threads.c */
void threads_begin(struct fiber *first);

/* affinity.c */
void affinity_narrow(void);
void affinity_widen(void);
/* A thread that works for long on its own may do so on any processor. */
void affinity_widen_thread(struct fiber *fiber);

/* end.c */
void end_begin(void);
/* For this thread: where its handlers of fatal signals run, also when its stack is full. */
void end_stack(struct fiber *self);
void end_note(struct fiber *self, enum wire_end end, int status, uint64_t pc);
/* main() has returned, or exit() was called: a point. */
void end_exit_point(int status, uint64_t pc);
_Noreturn void end_process(int status);

/* start.c */
/* Threads before main(): a run begins with the first of them, where there is no fork server. */
void start_early(void);

#endif
