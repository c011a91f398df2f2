/*
 * The heap under control. free() is a point, and gives the memory back only after some more has been freed: until then a
 * use of it is found. Allocation is the C library's alone, or whoever's stands before it.
 *
 * A bit for each 16 bytes of the address space, in a mapping that is paid for where it is used, says where a freed
 * block may be; the blocks themselves are in a ring, in the order of their freeing.
 */
#ifndef RACELAB_TSAN
#include "explore/runtime/hooks.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/sys.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

REAL_FUNCTION(free)
REAL_FUNCTION(realloc)
REAL_FUNCTION(malloc_usable_size)

enum {
    KEPT_BLOCKS = 1 << 15,
    KEPT_BYTES = 16 << 20,
    GRAIN_BITS = 4, /* no allocator aligns to less what is of this size or more */
    ADDRESS_BITS = 47,
};

static struct freed_block ring[KEPT_BLOCKS];
static uint32_t first, count;
static uint64_t kept_bytes;
static unsigned char *grains; /* NULL: not to be had, nothing is kept */
static __thread uint64_t freeing_pc;

/* dlsym() may allocate and free. What it frees meanwhile stays. */
static bool resolve(void)
{
    static bool begun;
    if (real_free)
        return true;
    if (begun)
        return false;
    begun = true;
    REAL_RESOLVE(malloc_usable_size)
    REAL_RESOLVE(realloc)
    REAL_RESOLVE(free)
    begun = false;
    return real_free != NULL;
}

static __attribute__((constructor)) void begin(void)
{
    resolve();
}

static bool map_grains(void)
{
    static bool tried;
    if (!tried) {
        tried = true;
        long at = SYS6(SYS_mmap, 0, UINT64_C(1) << (ADDRESS_BITS - GRAIN_BITS - 3),
                       PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at > 0)
            grains = (unsigned char *)at;
    }
    return grains != NULL;
}

static void mark_grains(uint64_t address, uint64_t size, bool freed)
{
    for (uint64_t grain = address >> GRAIN_BITS; grain <= (address + size - 1) >> GRAIN_BITS;
         grain++) {
        unsigned char bit = (unsigned char)(1 << (grain & 7));
        if (freed)
            grains[grain >> 3] |= bit;
        else
            grains[grain >> 3] &= (unsigned char)~bit;
    }
}

static bool any_grain(uint64_t address, uint64_t size)
{
    uint64_t last = (address + size - 1) >> GRAIN_BITS;
    for (uint64_t grain = address >> GRAIN_BITS; grain <= last; grain++)
        if (grains[grain >> 3] & 1 << (grain & 7))
            return true;
    return false;
}

bool memory_freed(uint64_t address, uint64_t size, struct freed_block *block)
{
    if (count == 0 || size == 0 || address + size < address || (address + size) >> ADDRESS_BITS ||
        !any_grain(address, size))
        return false;
    for (uint32_t i = count; i-- > 0;) {
        *block = ring[(first + i) % KEPT_BLOCKS];
        if (address < block->address + block->size && block->address < address + size)
            return true;
    }
    return false;
}

static void give_back_oldest(void)
{
    struct freed_block oldest = ring[first];
    first = (first + 1) % KEPT_BLOCKS;
    count--;
    kept_bytes -= oldest.size;
    mark_grains(oldest.address, oldest.size, false);
    REAL(free)((void *)oldest.address);
}

static void keep(struct fiber *self, uint64_t address, uint64_t size, uint64_t pc)
{
    if (size == 0 || size > KEPT_BYTES || !map_grains()) {
        REAL(free)((void *)address);
        return;
    }
    while (count == KEPT_BLOCKS || kept_bytes + size > KEPT_BYTES)
        give_back_oldest();
    ring[(first + count) % KEPT_BLOCKS] = (struct freed_block){
        .address = address, .size = size, .pc = pc, .thread = fiber_index(self)};
    count++;
    kept_bytes += size;
    mark_grains(address, size, true);
}

static uint64_t free_point(struct fiber *self, void *block, uint64_t pc)
{
    uint64_t size = REAL(malloc_usable_size)(block);
    runtime_pass(self, WIRE_FREE, (uint64_t)block, (uint32_t)size, pc);
    memory_check(self, WIRE_FREE, (uint64_t)block, 1, pc);
    return size;
}

static void free_at(void *block, uint64_t pc)
{
    struct freed_block freed;
    struct fiber *self = memory_of_loader(pc) ? NULL : runtime_enter();
    if (!self) {
        /* Kept for whoever is under control: it goes when it is its turn to. */
        if (!memory_freed((uint64_t)block, 1, &freed))
            REAL(free)(block);
        return;
    }
    keep(self, (uint64_t)block, free_point(self, block, pc), pc);
    runtime_leave(self);
}

EXPORTED void free(void *block)
{
    int saved = errno;
    if (block && resolve())
        free_at(block, freeing_pc ? freeing_pc : CALLER);
    errno = saved;
}

EXPORTED void racelab_explore_frees(uint64_t pc)
{
    freeing_pc = pc;
}

/* A block that grows moves always: its old place is freed, and whoever still uses that is found. */
static void *move(struct fiber *self, char *block, size_t size, uint64_t pc)
{
    size_t old = free_point(self, block, pc);
    char *moved = size > 0 ? malloc(size) : NULL;
    if (!moved && size > 0)
        return NULL;
    for (size_t i = 0; i < old && i < size; i++)
        moved[i] = block[i];
    keep(self, (uint64_t)block, old, pc);
    return moved;
}

static void *realloc_at(void *block, size_t size, uint64_t pc)
{
    struct fiber *self = block && !memory_of_loader(pc) ? runtime_enter() : NULL;
    if (!self)
        return resolve() ? REAL(realloc)(block, size) : NULL;
    void *moved = move(self, block, size, pc);
    runtime_leave(self);
    return moved;
}

EXPORTED void *realloc(void *block, size_t size)
{
    return realloc_at(block, size, CALLER);
}

EXPORTED void *reallocarray(void *block, size_t number, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(number, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc_at(block, bytes, CALLER);
}
#endif
