#include "explore/wire.h"

#include <stdbool.h>
#include <stddef.h>

#define R WIRE_READS
#define W WIRE_WRITES
#define A WIRE_ACQUIRES
#define L WIRE_RELEASES

static const struct {
    const char *word;
    unsigned effect;
} operations[WIRE_OP_COUNT] = {
    [WIRE_NONE] = {"nothing", 0},
    [WIRE_START] = {"start", A},
    [WIRE_END] = {"end", L},
    [WIRE_CREATE] = {"create", L},
    [WIRE_JOIN] = {"join", A},
    [WIRE_READ] = {"read", R},
    [WIRE_WRITE] = {"write", W},
    [WIRE_ATOMIC_LOAD] = {"atomic load", R | A},
    [WIRE_ATOMIC_STORE] = {"atomic store", W | L},
    [WIRE_ATOMIC_UPDATE] = {"atomic update", R | W | A | L},
    [WIRE_FENCE] = {"fence", 0},
    [WIRE_FREE] = {"free", W},
    [WIRE_LOCK] = {"lock", W | A},
    [WIRE_TRY_LOCK] = {"try lock", W | A},
    [WIRE_UNLOCK] = {"unlock", W | L},
    [WIRE_SPIN_LOCK] = {"spin lock", W | A},
    [WIRE_SPIN_TRY_LOCK] = {"try spin lock", W | A},
    [WIRE_SPIN_UNLOCK] = {"spin unlock", W | L},
    [WIRE_READ_LOCK] = {"read lock", W | A},
    [WIRE_TRY_READ_LOCK] = {"try read lock", W | A},
    [WIRE_WRITE_LOCK] = {"write lock", W | A},
    [WIRE_TRY_WRITE_LOCK] = {"try write lock", W | A},
    [WIRE_RWLOCK_UNLOCK] = {"unlock", W | L},
    [WIRE_WAIT] = {"wait", W | L},
    [WIRE_WAKE] = {"wake", W | A},
    [WIRE_SIGNAL] = {"signal", W},
    [WIRE_BROADCAST] = {"broadcast", W},
    [WIRE_SEM_WAIT] = {"semaphore wait", W | A},
    [WIRE_SEM_TRY_WAIT] = {"try semaphore", W | A},
    [WIRE_SEM_POST] = {"post", W | L},
    [WIRE_BARRIER_ARRIVE] = {"arrive", W | L},
    [WIRE_BARRIER_LEAVE] = {"leave", R | A},
    [WIRE_ONCE] = {"once", W | A | L},
    [WIRE_INIT] = {"init", W},
    [WIRE_DESTROY] = {"destroy", W},
    [WIRE_SLEEP] = {"sleep", 0},
    [WIRE_YIELD] = {"yield", 0},
    [WIRE_CLOCK] = {"read clock", 0},
    [WIRE_RECEIVE] = {"receive", W | A},
    [WIRE_SEND] = {"send", W | L},
    [WIRE_POLL] = {"poll", R | A},
    [WIRE_CLOSE] = {"close", W | L},
    [WIRE_FUTEX_WAIT] = {"futex wait", R},
    [WIRE_FUTEX_WAKE] = {"futex wake", W},
    [WIRE_SIGNAL_SEND] = {"send signal", W | L},
    [WIRE_SIGNAL_WAIT] = {"wait for signal", W | A},
    [WIRE_SIGNAL_HANDLE] = {"handle signal", A},
    [WIRE_CANCEL] = {"cancel", W | L},
    [WIRE_OUTSIDE] = {"call outside", 0},
    [WIRE_EXIT] = {"exit", W},
};

unsigned wire_effect(enum wire_op op)
{
    return op < WIRE_OP_COUNT ? operations[op].effect : 0;
}

const char *wire_op_word(enum wire_op op)
{
    return op < WIRE_OP_COUNT ? operations[op].word : "?";
}

const char *wire_strategy_word(enum wire_strategy strategy)
{
    static const char *const words[WIRE_STRATEGY_COUNT] = {"stay", "random", "pct",   "pos",
                                                           "surw", "focus",  "turns", "windows"};
    return strategy < WIRE_STRATEGY_COUNT ? words[strategy] : "?";
}

/* What `object` is the name of: addresses, descriptors and threads are not to be mixed up. */
enum space { SPACE_NONE, SPACE_MEMORY, SPACE_DESCRIPTORS, SPACE_THREADS, SPACE_ALL };

static enum space space_of(enum wire_op op)
{
    switch (op) {
    case WIRE_NONE:
    case WIRE_FENCE:
    case WIRE_SLEEP:
    case WIRE_YIELD:
    case WIRE_CLOCK:
    case WIRE_OUTSIDE:
        return SPACE_NONE;
    case WIRE_RECEIVE:
    case WIRE_SEND:
    case WIRE_POLL:
    case WIRE_CLOSE:
        return SPACE_DESCRIPTORS;
    case WIRE_START:
    case WIRE_END:
    case WIRE_CREATE:
    case WIRE_JOIN:
    case WIRE_SIGNAL_SEND:
    case WIRE_SIGNAL_HANDLE:
    case WIRE_CANCEL:
        return SPACE_THREADS;
    case WIRE_EXIT:
        return SPACE_ALL;
    default:
        return SPACE_MEMORY;
    }
}

static bool overlap(uint64_t a, uint32_t a_size, uint64_t b, uint32_t b_size)
{
    return a < b + (b_size ? b_size : 1) && b < a + (a_size ? a_size : 1);
}

int wire_conflict(const struct wire_step *one, const struct wire_step *other)
{
    enum space space = space_of(one->op);
    enum space other_space = space_of(other->op);
    if (one->thread == other->thread || space == SPACE_NONE || other_space == SPACE_NONE)
        return 0;
    if (space == SPACE_ALL || other_space == SPACE_ALL)
        return 1;
    if (space != other_space)
        return 0;
    /* The two ends of a pipe have two numbers: any two operations on descriptors may concern each other. */
    if (space == SPACE_DESCRIPTORS)
        return 1;
    unsigned changes = WIRE_WRITES | WIRE_RELEASES;
    bool same = overlap(one->object, one->size, other->object, other->size);
    /* The mutex of a wait is given up and taken again. */
    if (!same && one->second && space == SPACE_MEMORY)
        same = overlap(one->second, 1, other->object, other->size) || one->second == other->second;
    if (!same && other->second && space == SPACE_MEMORY)
        same = overlap(other->second, 1, one->object, one->size);
    return same && ((wire_effect(one->op) | wire_effect(other->op)) & changes) != 0;
}
