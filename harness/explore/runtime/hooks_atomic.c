/*
 * Atomic operations, done with the order that the program asks for. An update that would change nothing is
 * told from others: a thread that waits by such updates spins.
 */
#include "explore/runtime/hooks_real.h"

#ifdef RACELAB_TSAN
#define GO_ON(name, arguments, ...)         JUMP REAL_HOOK(name) arguments
#define REAL_ATOMIC(type, name, parameters) type REAL_HOOK(name) parameters;
#else
#define GO_ON(name, arguments, ...) return __VA_ARGS__
#define REAL_ATOMIC(type, name, parameters)
#endif

#define ATOMIC(type, name, parameters)                                                             \
    REAL_ATOMIC(type, name, parameters)                                                            \
    type HOOK(name) parameters;                                                                    \
    type HOOK(name) parameters

/* In its own turn a thread may look before it acts: nobody comes between. */
static inline void idle_if(bool same, bool failed)
{
    if (same)
        racelab_explore_idle(failed);
}

#define UPDATE(at) point(at, sizeof *(at), WIRE_ATOMIC_UPDATE, CALLER)

#define FETCH(bits, type, name, result)                                                            \
    ATOMIC(type, atomic##bits##_fetch_##name, (volatile type * at, type operand, int order))       \
    {                                                                                              \
        if (UPDATE(at)) {                                                                          \
            type old = *at;                                                                        \
            idle_if((type)(result) == old, false);                                                 \
        }                                                                                          \
        GO_ON(atomic##bits##_fetch_##name, (at, operand, order),                                   \
              __atomic_fetch_##name(at, operand, order));                                          \
    }

/* A weak compare-exchange does not fail without cause: every run of a schedule is the same. */
#define COMPARE(bits, type, strength)                                                              \
    ATOMIC(int, atomic##bits##_compare_exchange_##strength,                                        \
           (volatile type * at, type * expected, type desired, int order, int otherwise))          \
    {                                                                                              \
        if (UPDATE(at))                                                                            \
            idle_if(*at != *expected || desired == *expected, *at != *expected);                   \
        GO_ON(atomic##bits##_compare_exchange_##strength,                                          \
              (at, expected, desired, order, otherwise),                                           \
              __atomic_compare_exchange_n(at, expected, desired, false, order, otherwise));        \
    }

#define LOAD(bits, type)                                                                           \
    ATOMIC(type, atomic##bits##_load, (const volatile type *at, int order))                        \
    {                                                                                              \
        type own;                                                                                  \
        if (PRESENT(racelab_explore_load) && racelab_explore_load(at, &own, sizeof own, CALLER))   \
            return own;                                                                            \
        GO_ON(atomic##bits##_load, (at, order), __atomic_load_n(at, order));                       \
    }

#define STORE(bits, type)                                                                          \
    ATOMIC(void, atomic##bits##_store, (volatile type * at, type value, int order))                \
    {                                                                                              \
        if (PRESENT(racelab_explore_store)) {                                                      \
            type own = value;                                                                      \
            if (racelab_explore_store(at, &own, sizeof own, order, CALLER))                        \
                return;                                                                            \
        }                                                                                          \
        GO_ON(atomic##bits##_store, (at, value, order), __atomic_store_n(at, value, order));       \
    }

#define EXCHANGE(bits, type)                                                                       \
    ATOMIC(type, atomic##bits##_exchange, (volatile type * at, type value, int order))             \
    {                                                                                              \
        if (UPDATE(at))                                                                            \
            idle_if(*at == value, false);                                                          \
        GO_ON(atomic##bits##_exchange, (at, value, order), __atomic_exchange_n(at, value, order)); \
    }

/* Gives what it found. */
#define COMPARE_VALUE(bits, type)                                                                  \
    ATOMIC(type, atomic##bits##_compare_exchange_val,                                              \
           (volatile type * at, type expected, type desired, int order, int otherwise))            \
    {                                                                                              \
        if (UPDATE(at))                                                                            \
            idle_if(*at != expected || desired == expected, *at != expected);                      \
        GO_ON(atomic##bits##_compare_exchange_val, (at, expected, desired, order, otherwise),      \
              (__atomic_compare_exchange_n(at, &expected, desired, false, order, otherwise),       \
               expected));                                                                         \
    }

#define ALL(bits, type)                                                                            \
    LOAD(bits, type)                                                                               \
    STORE(bits, type)                                                                              \
    EXCHANGE(bits, type)                                                                           \
    FETCH(bits, type, add, old + operand)                                                          \
    FETCH(bits, type, sub, old - operand)                                                          \
    FETCH(bits, type, and, old &operand)                                                           \
    FETCH(bits, type, or, old | operand)                                                           \
    FETCH(bits, type, xor, old ^ operand)                                                          \
    FETCH(bits, type, nand, ~(old & operand))                                                      \
    COMPARE(bits, type, strong)                                                                    \
    COMPARE(bits, type, weak)                                                                      \
    COMPARE_VALUE(bits, type)

ALL(8, uint8_t)
ALL(16, uint16_t)
ALL(32, uint32_t)
ALL(64, uint64_t)
#ifdef __SIZEOF_INT128__
ALL(128, __uint128_t)
#endif

/* The weaker fences order what sequential consistency, or x86's, has in order already. */
ATOMIC(void, atomic_thread_fence, (int order))
{
    if (order == __ATOMIC_SEQ_CST)
        point(NULL, 0, WIRE_FENCE, CALLER);
    GO_ON(atomic_thread_fence, (order), __atomic_thread_fence(order));
}
