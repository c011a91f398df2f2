#include "explain/waits/glibc.h"

#include <linux/futex.h>

enum {
    KIND_ROBUST = 16,
    KIND_INHERIT = 32,
    KIND_PROTECT = 64,
    KIND_SHARED = 128,
    KIND_ELISION = 256 | 512,
    KIND_TYPES = 3,
    /* A priority ceiling takes the upper bits of the word. */
    PROTECTED_WORD = 0x7ffff,
};

enum { PHASE_WRITE = 1, WRITE_LOCKED = 2, READER_SHIFT = 3 };

enum { WREFS_SHIFT = 3 };

static bool read_at(const struct wait_sources *sources, pid_t pid, uint64_t address, void *buffer,
                    size_t length)
{
    return address != 0 && address % 4 == 0 &&
           sources->read(sources->context, pid, address, buffer, length);
}

bool glibc_read_mutex(const struct wait_sources *sources, pid_t pid, uint64_t base,
                      struct glibc_mutex *mutex)
{
    struct {
        uint32_t lock;
        uint32_t count;
        int32_t owner;
        uint32_t users;
        int32_t kind;
    } raw;
    if (!read_at(sources, pid, base, &raw, sizeof raw))
        return false;
    *mutex = (struct glibc_mutex){.owner = raw.owner, .users = raw.users};
    mutex->destroyed = raw.kind == -1;
    mutex->plausible = (raw.kind & ~(KIND_TYPES | KIND_ROBUST | KIND_INHERIT | KIND_PROTECT |
                                     KIND_SHARED | KIND_ELISION)) == 0;
    if (mutex->destroyed || !mutex->plausible) {
        mutex->locked = raw.lock != 0;
        return true;
    }
    mutex->shared = raw.kind & KIND_SHARED;
    if (raw.kind & (KIND_ROBUST | KIND_INHERIT)) {
        mutex->owner = (pid_t)(raw.lock & FUTEX_TID_MASK);
        mutex->locked = mutex->owner != 0;
    } else {
        mutex->locked = (raw.kind & KIND_PROTECT ? raw.lock & PROTECTED_WORD : raw.lock) != 0;
    }
    return true;
}

bool glibc_read_rwlock(const struct wait_sources *sources, pid_t pid, uint64_t base,
                       struct glibc_rwlock *lock)
{
    struct {
        uint32_t readers;
        uint32_t writers;
        uint32_t phase_futex;
        uint32_t writers_futex;
        uint32_t padding[2];
        int32_t writer;
        int32_t shared;
    } raw;
    if (!read_at(sources, pid, base, &raw, sizeof raw))
        return false;
    bool reading = !(raw.readers & PHASE_WRITE);
    *lock = (struct glibc_rwlock){
        .readers = reading ? (long)(raw.readers >> READER_SHIFT) : 0,
        .writer_waiting = reading && (raw.readers & WRITE_LOCKED),
        .writer = raw.writer,
        .shared = raw.shared != 0,
    };
    return true;
}

bool glibc_read_barrier(const struct wait_sources *sources, pid_t pid, uint64_t base,
                        struct glibc_barrier *barrier)
{
    struct {
        uint32_t in;
        uint32_t current_round;
        uint32_t count;
    } raw;
    if (!read_at(sources, pid, base, &raw, sizeof raw) || raw.count == 0 || raw.count > INT32_MAX)
        return false;
    uint32_t arrived = raw.in - raw.current_round;
    *barrier = (struct glibc_barrier){
        .arrived = arrived < raw.count ? (long)arrived : -1,
        .needed = (long)raw.count,
    };
    return true;
}

bool glibc_read_semaphore(const struct wait_sources *sources, pid_t pid, uint64_t base,
                          struct glibc_semaphore *semaphore)
{
    struct {
        uint32_t value;
        uint32_t waiters;
        int32_t private;
    } raw;
    if (!read_at(sources, pid, base, &raw, sizeof raw))
        return false;
    *semaphore = (struct glibc_semaphore){
        .value = (long)raw.value,
        .waiters = raw.waiters,
        .plausible = raw.waiters > 0 && (raw.private == 0 || raw.private == FUTEX_PRIVATE_FLAG),
    };
    return true;
}

bool glibc_find_cond(const struct wait_sources *sources, pid_t pid, uint64_t word, uint64_t *base)
{
    struct {
        uint64_t sequence;
        uint64_t first_start;
        uint32_t references[2];
        uint32_t sizes[2];
        uint32_t first_size;
        uint32_t waiters;
        uint32_t signals[2];
    } raw;
    uint64_t at = word - (word % 8 == 0 ? 40 : 44);
    if (word < sizeof raw || !read_at(sources, pid, at, &raw, sizeof raw))
        return false;
    uint64_t entered = raw.sequence >> 1;
    if (raw.waiters >> WREFS_SHIFT == 0 || entered < raw.waiters >> WREFS_SHIFT ||
        raw.first_start >> 1 > entered)
        return false;
    *base = at;
    return true;
}

uint64_t glibc_rwlock_of(uint64_t word, uint32_t value, bool *writes)
{
    if (word % 8 == 4) {
        *writes = true;
        return word - 12;
    }
    if (value >> READER_SHIFT) {
        *writes = false;
        return word;
    }
    /* The phase that the thread waits to see the end of. */
    *writes = !(value & PHASE_WRITE);
    return word - 8;
}

uint64_t glibc_barrier_of(uint64_t word)
{
    return word - word % 8;
}
