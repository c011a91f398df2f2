/* Loads and stores that are not atomic. */
#include "explore/runtime/hooks_real.h"

#ifdef RACELAB_TSAN
#define GO_ON(name, ...) JUMP REAL_HOOK(name)(__VA_ARGS__)
#define DECLARE(name)                                                                              \
    void HOOK(name)(void *address);                                                                \
    void REAL_HOOK(name)(void *address) WEAK;
#else
#define GO_ON(name, ...) return
#define DECLARE(name)    void HOOK(name)(void *address);
#endif

/* `real`: what ThreadSanitizer has in its place; the volatile ones and the compound ones it lacks. */
#define ACCESS(name, real, size, op)                                                               \
    DECLARE(name)                                                                                  \
    void HOOK(name)(void *address)                                                                 \
    {                                                                                              \
        point(address, size, op, CALLER);                                                          \
        GO_ON(real, address);                                                                      \
    }

#define READ_WRITE(name, real, size)                                                               \
    DECLARE(name)                                                                                  \
    void HOOK(name)(void *address)                                                                 \
    {                                                                                              \
        point(address, size, WIRE_READ, CALLER);                                                   \
        point(address, size, WIRE_WRITE, CALLER);                                                  \
        GO_ON(real, address);                                                                      \
    }

#define ALIGNED(size)                                                                              \
    ACCESS(read##size, read##size, size, WIRE_READ)                                                \
    ACCESS(write##size, write##size, size, WIRE_WRITE)                                             \
    ACCESS(volatile_read##size, read##size, size, WIRE_READ)                                       \
    ACCESS(volatile_write##size, write##size, size, WIRE_WRITE)                                    \
    READ_WRITE(read_write##size, write##size, size)

#define UNALIGNED(size)                                                                            \
    ACCESS(unaligned_read##size, unaligned_read##size, size, WIRE_READ)                            \
    ACCESS(unaligned_write##size, unaligned_write##size, size, WIRE_WRITE)                         \
    ACCESS(unaligned_volatile_read##size, unaligned_read##size, size, WIRE_READ)                   \
    ACCESS(unaligned_volatile_write##size, unaligned_write##size, size, WIRE_WRITE)                \
    READ_WRITE(unaligned_read_write##size, unaligned_write##size, size)

ALIGNED(1)
ALIGNED(2)
ALIGNED(4)
ALIGNED(8)
ALIGNED(16)
UNALIGNED(2)
UNALIGNED(4)
UNALIGNED(8)
UNALIGNED(16)
ACCESS(vptr_read, vptr_read, sizeof(void *), WIRE_READ)

#ifdef RACELAB_TSAN
void REAL_HOOK(read_range)(void *address, unsigned long size);
void REAL_HOOK(write_range)(void *address, unsigned long size);
void REAL_HOOK(vptr_update)(void **address, void *value);
#endif
void HOOK(read_range)(void *address, unsigned long size);
void HOOK(write_range)(void *address, unsigned long size);
void HOOK(vptr_update)(void **address, void *value);

void HOOK(read_range)(void *address, unsigned long size)
{
    point(address, size, WIRE_READ, CALLER);
    GO_ON(read_range, address, size);
}

void HOOK(write_range)(void *address, unsigned long size)
{
    point(address, size, WIRE_WRITE, CALLER);
    GO_ON(write_range, address, size);
}

/* A constructor or destructor stores what is there already wherever it need not change it. */
void HOOK(vptr_update)(void **address, void *value)
{
    (void)value;
    point(address, sizeof *address, WIRE_WRITE, CALLER);
    GO_ON(vptr_update, address, value);
}
