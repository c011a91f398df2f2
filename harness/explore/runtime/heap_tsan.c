/* The points of heap.c in a program built with ThreadSanitizer, whose allocator finds uses of freed memory itself. */
#ifdef RACELAB_TSAN
#include "explore/runtime/hooks.h"
#include "explore/runtime/memory.h"

#include <malloc.h>
#include <stdlib.h>

REAL_FUNCTION(free)
REAL_FUNCTION(malloc_usable_size)
REAL_FUNCTION(realloc)
REAL_FUNCTION(reallocarray)

bool memory_freed(uint64_t address, uint64_t size, struct freed_block *block)
{
    (void)address;
    (void)size;
    (void)block;
    return false;
}

void racelab_explore_frees(uint64_t pc)
{
    (void)pc;
}

static void free_point(void *block, uint64_t pc)
{
    struct fiber *self = block && !memory_of_loader(pc) ? runtime_enter() : NULL;
    if (!self)
        return;
    runtime_pass(self, WIRE_FREE, (uint64_t)block, (uint32_t)REAL(malloc_usable_size)(block), pc);
    runtime_leave(self);
}

EXPORTED void free(void *block)
{
    free_point(block, CALLER);
    __attribute__((musttail)) return REAL(free)(block);
}

EXPORTED void *realloc(void *block, size_t size)
{
    free_point(block, CALLER);
    __attribute__((musttail)) return REAL(realloc)(block, size);
}

EXPORTED void *reallocarray(void *block, size_t number, size_t size)
{
    free_point(block, CALLER);
    __attribute__((musttail)) return REAL(reallocarray)(block, number, size);
}
#endif
