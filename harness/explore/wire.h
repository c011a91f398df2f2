/*
 * What racelab and the scheduler inside a program tell each other: one block of shared memory for each
 * program under way. racelab writes the plan before a run; the runtime, which lives in the program, writes
 * the steps as they are taken and the outcome at the end. Between runs the block is racelab's alone, during
 * a run the program's alone; nothing in it is locked.
 *
 * A point is a place in a thread's code at which the thread stops before an operation that others could
 * notice, and at which another thread may be chosen to go first. Points are counted by thread, memory
 * accesses included, whether or not anything was decided there: "thread 2 at its 17th point" means the same
 * place in every run in which thread 2 saw the same values before.
 *
 * The block is a file that both map (MAP_SHARED). The environment variable RACELAB_EXPLORE of the program
 * is "PATH" for one run, or "PATH:COMMANDS,ANSWERS" for a fork server with these two descriptors.
 */
#ifndef RACELAB_EXPLORE_WIRE_H
#define RACELAB_EXPLORE_WIRE_H

#include <stdint.h>

#define WIRE_VARIABLE "RACELAB_EXPLORE"
#define WIRE_MAGIC    0x72616365u
#define WIRE_VERSION  1u
#define WIRE_THREADS                                                                               \
    256 /* of one run, ended ones included; more: they run freely, see WIRE_LOST_THREADS */
#define WIRE_NO_THREAD UINT16_MAX

/* What a thread is about to do at a point. The order is that of the words in wire.c. */
enum wire_op {
    WIRE_NONE,
    WIRE_START, /* a thread's first point, before its function is called */
    WIRE_END,   /* its last, after the destructors of its thread-specific data */
    WIRE_CREATE,
    WIRE_JOIN,
    WIRE_READ, /* plain memory, from the compiler's instrumentation */
    WIRE_WRITE,
    WIRE_ATOMIC_LOAD,
    WIRE_ATOMIC_STORE,
    WIRE_ATOMIC_UPDATE, /* read-modify-write, compare-exchange that may fail */
    WIRE_FENCE,
    WIRE_FREE, /* heap memory is given back */
    WIRE_LOCK, /* mutex, timed too */
    WIRE_TRY_LOCK,
    WIRE_UNLOCK,
    WIRE_SPIN_LOCK,
    WIRE_SPIN_TRY_LOCK,
    WIRE_SPIN_UNLOCK,
    WIRE_READ_LOCK,
    WIRE_TRY_READ_LOCK,
    WIRE_WRITE_LOCK,
    WIRE_TRY_WRITE_LOCK,
    WIRE_RWLOCK_UNLOCK,
    WIRE_WAIT,   /* on a condition: lets go of the mutex and begins to wait */
    WIRE_WAKE,   /* the same wait's end: woken, and the mutex can be had again */
    WIRE_SIGNAL, /* a condition */
    WIRE_BROADCAST,
    WIRE_SEM_WAIT,
    WIRE_SEM_TRY_WAIT,
    WIRE_SEM_POST,
    WIRE_BARRIER_ARRIVE,
    WIRE_BARRIER_LEAVE,
    WIRE_ONCE, /* pthread_once, call_once, a guarded static */
    WIRE_INIT, /* an object for synchronisation is made */
    WIRE_DESTROY,
    WIRE_SLEEP,
    WIRE_YIELD,
    WIRE_CLOCK,   /* the time is read */
    WIRE_RECEIVE, /* read, recv, accept and their like; object: the descriptor's number */
    WIRE_SEND,
    WIRE_POLL,
    WIRE_CLOSE,
    WIRE_FUTEX_WAIT, /* by syscall() */
    WIRE_FUTEX_WAKE,
    WIRE_SIGNAL_SEND,   /* pthread_kill, raise: object: the target's index */
    WIRE_SIGNAL_WAIT,   /* sigwait and its like */
    WIRE_SIGNAL_HANDLE, /* a handler is about to run */
    WIRE_CANCEL,
    WIRE_OUTSIDE, /* a call that may wait for something outside the program */
    WIRE_EXIT,    /* exit(), or main returns */
    WIRE_OP_COUNT
};

enum wire_step_flag {
    WIRE_DECIDED = 1,   /* a strategy was asked here */
    WIRE_TIMED = 2,     /* the operation has a time limit */
    WIRE_LATE = 4,      /* it ends by its time limit, or by a spurious wake-up */
    WIRE_PREEMPTED = 8, /* the thread whose point came before could have gone on, and did not */
    WIRE_SET_BACK = 16, /* the thread was found spinning before this step */
    WIRE_FAILED = 32,   /* a try or compare-exchange that did not succeed */
};

/* One point that was passed, in the order in which the operations took effect. */
struct wire_step {
    uint16_t thread;
    uint8_t op;
    uint8_t flags;
    uint32_t size;   /* bytes at `object`; 0 where it is no memory */
    uint64_t object; /* address of the memory or of the object; a descriptor; a thread's index */
    uint64_t pc;     /* return address of the call in the program's own code */
    uint64_t second; /* WAIT, WAKE: the mutex; START: the function; else 0 */
    uint64_t
        enabled; /* bit N: thread N could have gone here instead (the first 64); only where decided */
    uint32_t own;   /* the thread's count of points before this one */
    uint32_t clock; /* virtual microseconds since the run began */
};

struct wire_thread {
    uint16_t parent; /* WIRE_NO_THREAD: the first thread */
    uint16_t ended;
    uint32_t points;  /* passed so far */
    uint64_t start;   /* address of its function: threads with the same do the same; 0: main */
    uint64_t created; /* pc of the call that made it */
    char name[16];    /* as pthread_setname_np gave it; empty: none */
    /* Where it stands now: the operation before which it waits or waited when the run ended. */
    struct wire_step next;
};

enum wire_strategy {
    WIRE_STAY,   /* go on with the same thread while it can, then the lowest index: for replay */
    WIRE_RANDOM, /* any that can go on */
    WIRE_PCT, /* Burckhardt et al., ASPLOS 2010: random priorities, `depth` - 1 of them lowered on the way */
    WIRE_POS, /* Yuan et al., CAV 2018: a random priority for each event, anew where events conflict */
    WIRE_SURW,    /* Zhao et al., ASPLOS 2025: uniform over the orders of the interesting events */
    WIRE_FOCUS,   /* few threads interleave finely, all others go last */
    WIRE_TURNS,   /* strictly by turns, each for `quantum` steps of its own */
    WIRE_WINDOWS, /* threads are held before atomic updates while others complete theirs */
    WIRE_STRATEGY_COUNT
};

/* What counts for the length of a turn, of what touches memory or objects for synchronisation. */
enum wire_unit {
    WIRE_BY_STEPS,
    WIRE_BY_CHANGES, /* writes and releases */
    WIRE_BY_RELEASES,
    WIRE_UNIT_COUNT
};

enum wire_plan_flag {
    WIRE_STUCK_FOR_REAL =
        1, /* when no thread can go on, let each make its real call, so that a watchdog can look */
    WIRE_FILTERED = 2, /* decide at plain memory accesses only where pc is in the filter */
    WIRE_SPURIOUS = 4, /* conditions may wake without a signal, as POSIX allows */
    WIRE_RECORD = 8,   /* write the steps */
    WIRE_BUFFERED =
        16, /* stores of atomics weaker than seq_cst may be seen late by others, as x86 allows (TSO) */
};

enum wire_segment_kind {
    WIRE_GO, /* this thread goes on until its own count of points is `until`, or it cannot */
    /* This thread may not pass the point behind `until` of its own before the thread of the segment that follows has passed
     * `until` of its own; else all is as the plan's strategy says. Given up where nobody else can go on. */
    WIRE_HOLD,
};

/* Part of a guide. */
struct wire_segment {
    uint16_t thread;
    uint16_t kind;
    uint32_t until;
};

struct wire_plan {
    uint64_t seed;
    uint32_t strategy; /* once the guide is at its end */
    uint32_t flags;
    uint32_t depth;       /* WIRE_PCT, WIRE_FOCUS: priority changes + 1 */
    uint32_t length;      /* decisions that such a run has, as far as known; at least 1 */
    uint32_t point_limit; /* points of all threads together; then the run ends as WIRE_TOO_LONG */
    uint32_t segments;    /* of the guide */
    uint32_t filter;      /* pcs in it */
    uint32_t focus_count;
    uint16_t focus[8]; /* WIRE_FOCUS, WIRE_TURNS: indices of threads; all others go last */
    uint64_t interest_from,
        interest_to;  /* WIRE_SURW, WIRE_TURNS: objects in [from, to) are of interest; empty: all */
    uint32_t quantum; /* WIRE_TURNS: how long a turn is, of a thread that has no weight; */
    uint32_t first;   /* and the first of all but main's; 0: as the others */
    uint16_t unit;    /* enum wire_unit */
    uint8_t late;     /* a turn goes on up to what would count next */
    uint8_t reversed; /* in descending order of the threads */
    uint32_t
        weight[WIRE_THREADS]; /* WIRE_SURW: how many interesting events the thread and those that
                                      it makes have, as far as known; WIRE_TURNS: its quantum */
};

enum wire_end {
    WIRE_UNFINISHED, /* nothing was noted: killed from outside, or by SIGKILL of its own */
    WIRE_EXITED,     /* by itself, with `status` */
    WIRE_DEADLOCK,   /* no thread can go on */
    WIRE_ASSERTED,   /* assert() failed: `message` has the expression, `file`:`line` */
    WIRE_SIGNALLED,  /* a signal ended it: `status` */
    WIRE_LIVELOCK,   /* all threads that are left repeat themselves, and nothing changes */
    WIRE_TOO_LONG,
    WIRE_DESTROYED, /* an object for synchronisation was used after it was destroyed, or destroyed in use */
    WIRE_FREED, /* memory, or an object in it, was used after it was freed */
    WIRE_END_COUNT
};

/* Why a run with the same plan may go another way. A bit each. */
enum wire_lost {
    WIRE_LOST_OUTSIDE =
        1, /* a thread waited in the kernel for something outside, while others went on */
    WIRE_LOST_SPIN =
        2, /* a thread went on for long without a point: busy waiting in code that is not instrumented */
    WIRE_LOST_FORK = 4,    /* a child goes on freely beside this process */
    WIRE_LOST_THREADS = 8, /* more threads than can be scheduled, or made by a raw system call */
    WIRE_LOST_SHARED = 16, /* an object shared with other processes */
    WIRE_LOST_SIGNAL = 32, /* a signal that came by its own time */
    WIRE_LOST_BLOCKED =
        64, /* asleep in a call that is not known: a futex of its own, a lock taken by a free thread */
};
#define WIRE_LOST_COUNT 7

struct wire_outcome {
    uint32_t end; /* enum wire_end */
    int32_t status;
    uint32_t lost;        /* enum wire_lost */
    uint64_t lost_pc;     /* of the first of them; 0: unknown */
    uint32_t diverged;    /* the guide's segment that could not be followed, + 1; 0: all were */
    uint16_t thread;      /* that the end is about */
    uint16_t threads;     /* made in the run, main included */
    uint64_t pc;          /* where it ended: of the failed assert, abort or access; 0: unknown */
    uint64_t object;      /* WIRE_DESTROYED, WIRE_FREED */
    uint64_t points;      /* passed by all threads */
    uint32_t decisions;   /* points with more than one thread to choose from */
    uint32_t switches;    /* turns handed from one thread to another */
    uint32_t preemptions; /* of them, those where the first could have gone on */
    uint32_t steps;       /* written; fewer than points where they did not fit */
    int32_t line;
    char file[256];
    char message[256];
};

/* A file of code in the program: the executable, a shared library. */
struct wire_module {
    uint64_t
        bias; /* what is added to the file's own addresses; 0 for an executable linked at a fixed address */
    uint64_t from, to; /* its addresses in the program: [from, to) */
    char path[232];    /* cut where it is longer; empty: the executable */
};
#define WIRE_MODULES 32

struct wire_block {
    uint32_t magic;
    uint32_t version;
    uint64_t size; /* of the file */
    uint64_t segments_at,
        segments_room; /* offset of struct wire_segment[], and how many there may be */
    uint64_t filter_at, filter_room; /* uint64_t[], ascending */
    uint64_t steps_at, steps_room;   /* struct wire_step[] */
    struct wire_plan plan;
    struct wire_outcome outcome;
    struct wire_thread threads[WIRE_THREADS];
    /* Noted when a run begins (runtime/modules.h); what is loaded later is not in it. */
    uint32_t module_count;
    struct wire_module modules[WIRE_MODULES];
};

static inline struct wire_segment *wire_segments(struct wire_block *block)
{
    return (struct wire_segment *)((char *)block + block->segments_at);
}

static inline uint64_t *wire_filter(struct wire_block *block)
{
    return (uint64_t *)((char *)block + block->filter_at);
}

static inline struct wire_step *wire_steps(struct wire_block *block)
{
    return (struct wire_step *)((char *)block + block->steps_at);
}

/*
 * The fork server: racelab writes one byte WIRE_RUN; the server answers with a struct wire_answer that has
 * WIRE_BEGUN and the child's pid, and with another that has WIRE_OVER and its wait status when that ended.
 * An end of file ends the server. It answers WIRE_UNFIT, once and at the start, where it must not fork: the
 * program has threads before main (then each run is started anew).
 */
enum { WIRE_RUN = 'r' };
enum wire_answer_kind { WIRE_READY = 1, WIRE_BEGUN, WIRE_OVER, WIRE_UNFIT };
struct wire_answer {
    uint32_t kind;
    int32_t value;
};

/* What an operation does to its object, as far as the order between threads goes. wire.c; pure. */
enum wire_effect {
    WIRE_READS = 1,
    WIRE_WRITES = 2,
    WIRE_ACQUIRES = 4, /* happens after what released the object before */
    WIRE_RELEASES = 8,
};
unsigned wire_effect(enum wire_op op);
/* "lock", "signal", "read", ...: for people. */
const char *wire_op_word(enum wire_op op);
const char *wire_strategy_word(enum wire_strategy strategy);
/* Whether two operations of different threads conflict: their order could matter. Memory by the byte, objects for
 * synchronisation by address, where at least one writes or releases. */
int wire_conflict(const struct wire_step *one, const struct wire_step *other);

#endif
