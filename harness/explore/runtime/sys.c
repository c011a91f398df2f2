#include "explore/runtime/sys.h"

#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

void *sys_memory(uint64_t size)
{
    long at = SYS6(SYS_mmap, 0, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at < 0 && at > -4096 ? NULL : (void *)at;
}

void sys_memory_back(void *memory, uint64_t size)
{
    SYS2(SYS_munmap, memory, size);
}

uint64_t sys_now(void)
{
    struct timespec now = {0};
    SYS2(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void sys_clear(void *memory, uint64_t size)
{
    char *at = memory;
    for (uint64_t i = 0; i < size; i++)
        at[i] = 0;
}
