#include "explain/recorder/recorder.h"

#include <stddef.h>

/* Objects are never taken out again: a search ends at the first free place. */
static struct wake_note *find(struct recording_map *map, const void *object, bool make)
{
    const uint64_t key = (uint64_t)object;
    const uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15) >> 40;
    for (uint64_t i = 0; i < RECORDING_WAKES; i++) {
        uint64_t at = (hash + i) % RECORDING_WAKES;
        uint64_t there = atomic_load_explicit(&map->wake_objects[at], memory_order_relaxed);
        if (there == 0 && !make)
            return NULL;
        if (there == key ||
            (there == 0 &&
             (atomic_compare_exchange_strong(&map->wake_objects[at], &there, key) || there == key)))
            return &map->wakes[at];
    }
    if (make)
        atomic_store_explicit(&map->incomplete, 1, memory_order_relaxed);
    return NULL;
}

/* Nobody waits for the place to become free: who finds it taken leaves no place, but has left its
 * stamp, which tells the reader so. A writer that vanished in a fork does not keep it for ever. */
static bool claim(struct wake_note *note, uint64_t generation)
{
    uint64_t writer = atomic_load_explicit(&note->writer, memory_order_relaxed);
    return writer != generation &&
           atomic_compare_exchange_strong_explicit(&note->writer, &writer, generation,
                                                   memory_order_acquire, memory_order_relaxed);
}

void recorder_wakes(const void *object, uint64_t pc, uint64_t sp, uint64_t bp)
{
    struct thread_note *own = recorder_thread();
    struct recording_map *map = recorder_map;
    struct wake_note *note = own ? find(map, object, true) : NULL;
    if (!note)
        return;
    const uint64_t stamp = recorder_stamp(map);
    uint64_t last = atomic_load_explicit(&note->last_stamp, memory_order_relaxed);
    atomic_fetch_add_explicit(&note->count, 1, memory_order_relaxed);
    while (last < stamp && !atomic_compare_exchange_weak(&note->last_stamp, &last, stamp))
        ;
    if (!claim(note, recorder_own.generation))
        return;
    atomic_store_explicit(&note->stamp, STAMP_NONE, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    recorder_copy_call(&note->call, pc, sp, bp);
    atomic_store_explicit(&note->tid, own->tid, memory_order_relaxed);
    atomic_store_explicit(&note->stamp, stamp, memory_order_release);
    atomic_store_explicit(&note->writer, 0, memory_order_release);
}

/* A signal handler that waits in between writes a note of its own, and what is written after it would
 * make a mixture of both: then all is written once more. */
void recorder_waits(const void *object, const void *mutex)
{
    struct thread_note *own = recorder_thread();
    if (!own)
        return;
    const uint64_t stamp = recorder_stamp(recorder_map);
    uint64_t none;
    do {
        none = STAMP_NONE;
        atomic_store_explicit(&own->wait_stamp, STAMP_NONE, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
        atomic_store_explicit(&own->waits_on, (uint64_t)object, memory_order_relaxed);
        atomic_store_explicit(&own->wait_mutex, (uint64_t)mutex, memory_order_relaxed);
    } while (atomic_load_explicit(&own->waits_on, memory_order_relaxed) != (uint64_t)object ||
             atomic_load_explicit(&own->wait_mutex, memory_order_relaxed) != (uint64_t)mutex ||
             !atomic_compare_exchange_strong(&own->wait_stamp, &none, stamp));
}

void recorder_forget_wakes(const void *object)
{
    struct recording_map *map = atomic_load_explicit(&recorder_map, memory_order_acquire);
    struct wake_note *note = map ? find(map, object, false) : NULL;
    if (!note)
        return;
    atomic_store_explicit(&note->count, 0, memory_order_relaxed);
    atomic_store_explicit(&note->last_stamp, STAMP_NONE, memory_order_relaxed);
    atomic_store_explicit(&note->stamp, STAMP_NONE, memory_order_relaxed);
}
