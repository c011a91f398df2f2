#include "explain/recorder/recorder.h"

#include <stddef.h>

/* Of a note that is published. */
static bool is_of(struct hold_note *hold, uint64_t object, uint64_t *stamp)
{
    *stamp = atomic_load_explicit(&hold->stamp, memory_order_acquire);
    return *stamp >= STAMP_FIRST &&
           atomic_load_explicit(&hold->object, memory_order_relaxed) == object;
}

static struct hold_note *find(struct thread_note *note, uint64_t object, uint64_t *stamp)
{
    uint32_t top = atomic_load_explicit(&note->top, memory_order_acquire);
    for (uint32_t i = 0; i < top && i < RECORDING_HOLDS; i++)
        if (is_of(&note->holds[i], object, stamp))
            return &note->holds[i];
    return NULL;
}

/* Only the thread itself claims, its signal handlers included: hence the exchange. */
static struct hold_note *claim(struct thread_note *own)
{
    for (uint32_t i = 0; i < RECORDING_HOLDS; i++) {
        struct hold_note *hold = &own->holds[i];
        if (atomic_load_explicit(&hold->stamp, memory_order_relaxed) != STAMP_NONE ||
            !recorder_exchange_own(&hold->stamp, STAMP_NONE, STAMP_BUSY))
            continue;
        uint32_t top = atomic_load_explicit(&own->top, memory_order_relaxed);
        while (top <= i && !atomic_compare_exchange_weak(&own->top, &top, i + 1))
            ;
        return hold;
    }
    return NULL;
}

/* Another thread's. */
static void withdraw(struct hold_note *hold, uint64_t stamp)
{
    atomic_compare_exchange_strong_explicit(&hold->stamp, &stamp, STAMP_NONE, memory_order_acq_rel,
                                            memory_order_relaxed);
}

/* True for a read lock that was taken more than once: it stays, once less. */
static bool stays(struct hold_note *hold)
{
    uint32_t depth = atomic_load_explicit(&hold->depth, memory_order_relaxed);
    while (depth > 1)
        if (atomic_compare_exchange_weak(&hold->depth, &depth, depth - 1))
            return true;
    return false;
}

void recorder_took(struct thread_note *own, const void *object, enum recorded_kind kind,
                   uint64_t pc, uint64_t sp, uint64_t bp)
{
    struct recording_map *map = recorder_map;
    uint64_t stamp;
    struct hold_note *hold = find(own, (uint64_t)object, &stamp);
    if (hold) {
        if (kind == RECORDED_READ_LOCK &&
            atomic_load_explicit(&hold->kind, memory_order_relaxed) == kind) {
            atomic_fetch_add_explicit(&hold->depth, 1, memory_order_relaxed);
            return;
        }
        /* The thread cannot have had it until now: that lock vanished unseen. */
        recorder_exchange_own(&hold->stamp, stamp, STAMP_NONE);
    }
    hold = claim(own);
    if (!hold) {
        recorder_own.missed = true;
        atomic_store_explicit(&map->incomplete, 1, memory_order_relaxed);
        return;
    }
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&hold->object, (uint64_t)object, memory_order_relaxed);
    atomic_store_explicit(&hold->kind, kind, memory_order_relaxed);
    atomic_store_explicit(&hold->depth, 1, memory_order_relaxed);
    recorder_copy_call(&map->calls[own - map->threads][hold - own->holds], pc, sp, bp);
    atomic_store_explicit(&hold->stamp, recorder_stamp(map), memory_order_release);
}

/* The oldest hold of the object by another thread. */
static void find_other(struct recording_map *map, const struct thread_note *own, uint64_t object,
                       bool mutex, struct recorder_other *other)
{
    uint32_t used = atomic_load_explicit(&map->threads_used, memory_order_relaxed);
    for (uint32_t i = 0; i < used && i < RECORDING_THREADS; i++) {
        uint64_t stamp;
        struct hold_note *hold = find(&map->threads[i], object, &stamp);
        if (!hold || &map->threads[i] == own || (other->hold && other->stamp < stamp))
            continue;
        if (mutex == (atomic_load_explicit(&hold->kind, memory_order_relaxed) == RECORDED_MUTEX))
            *other = (struct recorder_other){hold, stamp};
    }
}

bool recorder_gives(struct thread_note *own, const void *object, bool mutex,
                    struct recorder_other *other)
{
    uint64_t stamp;
    struct hold_note *hold = find(own, (uint64_t)object, &stamp);
    *other = (struct recorder_other){NULL, 0};
    if (hold) {
        if (!stays(hold))
            recorder_exchange_own(&hold->stamp, stamp, STAMP_NONE);
        return true;
    }
    /* It may have been this thread's own, and another reader's hold is still good then. */
    if (!mutex && recorder_own.missed)
        return true;
    find_other(recorder_map, own, (uint64_t)object, mutex, other);
    return !other->hold;
}

void recorder_gave_other(const struct recorder_other *other)
{
    if (atomic_load_explicit(&other->hold->stamp, memory_order_relaxed) == other->stamp &&
        !stays(other->hold))
        withdraw(other->hold, other->stamp);
}

void recorder_forget_holds(const void *object)
{
    struct recording_map *map = atomic_load_explicit(&recorder_map, memory_order_acquire);
    uint32_t used = map ? atomic_load_explicit(&map->threads_used, memory_order_relaxed) : 0;
    for (uint32_t i = 0; i < used && i < RECORDING_THREADS; i++) {
        uint64_t stamp;
        struct hold_note *hold = find(&map->threads[i], (uint64_t)object, &stamp);
        if (hold)
            withdraw(hold, stamp);
    }
}
