/*
 * Stores that are not seen by others yet, as x86's store buffers hold them (Owens, Sarkar, Sewell, TPHOLs 2009:
 * total store order). Each is held for a number of its thread's own points that is drawn from the plan's
 * seed, so that a schedule has the same stores late in every run.
 */
#include "explore/runtime/memory.h"

enum {
    HELD_STORES = 8,
    MOST_POINTS = 12, /* that one is held for */
};

struct held_store {
    uint64_t address;
    uint64_t due; /* in own points */
    uint32_t size;
    int order;
    unsigned char value[16];
};

/* First in, first out; entries [0, count). */
static __thread struct held_stores {
    uint32_t count;
    uint64_t points; /* since the thread began: times that it came to one */
    uint64_t drawn;
    struct held_store stores[HELD_STORES];
} held;

/* A step of the generator splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t draw(struct fiber *self)
{
    uint64_t state = runtime_plan()->seed + UINT64_C(0x9e3779b97f4a7c15) * ++held.drawn +
                     ((uint64_t)fiber_index(self) << 48);
    state = (state ^ state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    state = (state ^ state >> 27) * UINT64_C(0x94d049bb133111eb);
    return state ^ state >> 31;
}

#ifdef RACELAB_TSAN
/* As the program would have made it, for ThreadSanitizer to see. */
#define ATOMIC_STORE(bits, type)                                                                   \
    void __real___tsan_atomic##bits##_store(volatile type *at, type value, int order);
#define MAKE(bits, type)                                                                           \
    __real___tsan_atomic##bits##_store((volatile type *)address, *(const type *)store->value,      \
                                       store->order)
#else
#define ATOMIC_STORE(bits, type)
#define MAKE(bits, type)                                                                           \
    __atomic_store_n((volatile type *)address, *(const type *)store->value, store->order)
#endif

ATOMIC_STORE(8, uint8_t)
ATOMIC_STORE(16, uint16_t)
ATOMIC_STORE(32, uint32_t)
ATOMIC_STORE(64, uint64_t)

static void make(const struct held_store *store)
{
    volatile void *address = (volatile void *)store->address;
    switch (store->size) {
    case 1:
        MAKE(8, uint8_t);
        break;
    case 2:
        MAKE(16, uint16_t);
        break;
    case 4:
        MAKE(32, uint32_t);
        break;
    default:
        MAKE(64, uint64_t);
        break;
    }
    runtime_changed();
}

static void make_first(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        make(&held.stores[i]);
    for (uint32_t i = count; i < held.count; i++)
        held.stores[i - count] = held.stores[i];
    held.count -= count;
}

void held_flush(bool all)
{
    uint32_t due = all ? held.count : 0;
    held.points++;
    while (due < held.count && held.stores[due].due <= held.points)
        due++;
    if (due > 0)
        make_first(due);
}

bool held_store(struct fiber *self, uint64_t address, const void *value, uint32_t size, int order)
{
    if (!(runtime_plan()->flags & WIRE_BUFFERED))
        return false;
    if (order == __ATOMIC_SEQ_CST || size > 8) {
        make_first(held.count);
        return false;
    }
    uint64_t points = draw(self) % (MOST_POINTS + 1);
    if (points == 0 && held.count == 0)
        return false;
    if (held.count == HELD_STORES)
        make_first(1);
    struct held_store *store = &held.stores[held.count++];
    store->address = address;
    store->due = held.points + points;
    store->size = size;
    store->order = order;
    for (uint32_t i = 0; i < size; i++)
        store->value[i] = ((const unsigned char *)value)[i];
    return true;
}

bool held_load(uint64_t address, void *value, uint32_t size)
{
    for (uint32_t i = held.count; i-- > 0;) {
        const struct held_store *store = &held.stores[i];
        if (address >= store->address + store->size || store->address >= address + size)
            continue;
        if (store->address != address || store->size != size) {
            make_first(held.count);
            return false;
        }
        for (uint32_t byte = 0; byte < size; byte++)
            ((unsigned char *)value)[byte] = store->value[byte];
        return true;
    }
    return false;
}
