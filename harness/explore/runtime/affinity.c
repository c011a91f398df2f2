/*
 * One processor for all threads of a run. They go one at a time anyway, and a turn is handed on some three times
 * as fast where no other processor has to be woken. The program is told of the processors that it had before.
 */
#include "explore/runtime/world.h"
#include "explore/runtime/sys.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>

static cpu_set_t before;
static long before_size; /* bytes of it that the kernel filled; 0: nothing was changed */

void affinity_narrow(void)
{
    cpu_set_t one;
    unsigned processor = 0;
    long size = SYS3(SYS_sched_getaffinity, 0, sizeof before, &before);
    if (size <= 0 || SYS3(SYS_getcpu, &processor, 0, 0) != 0 || processor >= CPU_SETSIZE)
        return;
    for (size_t i = 0; i < sizeof one / sizeof *one.__bits; i++)
        one.__bits[i] = 0;
    one.__bits[processor / __NCPUBITS] = (__cpu_mask)1 << processor % __NCPUBITS;
    if (SYS3(SYS_sched_setaffinity, 0, sizeof one, &one) == 0)
        before_size = size;
}

void affinity_widen(void)
{
    if (before_size > 0)
        SYS3(SYS_sched_setaffinity, 0, before_size, &before);
    before_size = 0;
}

void affinity_widen_thread(struct fiber *fiber)
{
    if (before_size > 0 && !fiber->moved && !fiber->widened)
        SYS3(SYS_sched_setaffinity, fiber->tid, before_size, &before);
    fiber->widened = true;
}

REAL_PLAIN_FUNCTION(sched_getaffinity)
REAL_PLAIN_FUNCTION(sched_setaffinity)
REAL_PLAIN_FUNCTION(pthread_getaffinity_np)
REAL_PLAIN_FUNCTION(pthread_setaffinity_np)

static __attribute__((constructor)) void resolve(void)
{
    REAL_PLAIN_RESOLVE(sched_getaffinity)
    REAL_PLAIN_RESOLVE(sched_setaffinity)
    REAL_PLAIN_RESOLVE(pthread_getaffinity_np)
    REAL_PLAIN_RESOLVE(pthread_setaffinity_np)
}

/* 0, or EINVAL where there is not enough room, as the kernel says it. */
static int tell(size_t size, cpu_set_t *processors)
{
    if (size < (size_t)before_size || size % sizeof(unsigned long) != 0)
        return EINVAL;
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)processors)[i] =
            (unsigned char)(i < (size_t)before_size ? ((const unsigned char *)&before)[i] : 0);
    return 0;
}

static struct fiber *fiber_of_tid(pid_t tid)
{
    if (tid == 0)
        return own_fiber;
    for (unsigned i = 0; i < world.count; i++)
        if (world.fibers[i].tid == tid && world.fibers[i].state != FIBER_ENDED)
            return &world.fibers[i];
    return NULL;
}

static bool is_narrowed(const struct fiber *fiber)
{
    return before_size > 0 && fiber && !fiber->moved;
}

EXPORTED int sched_getaffinity(pid_t tid, size_t size, cpu_set_t *processors)
{
    if (!is_narrowed(fiber_of_tid(tid)))
        return REAL_PLAIN(sched_getaffinity)(tid, size, processors);
    int error = tell(size, processors);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

EXPORTED int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *processors)
{
    if (!is_narrowed(fiber_of(thread)))
        return REAL_PLAIN(pthread_getaffinity_np)(thread, size, processors);
    return tell(size, processors);
}

/* The program has a wish of its own, which is its to see. */
EXPORTED int sched_setaffinity(pid_t tid, size_t size, const cpu_set_t *processors)
{
    struct fiber *fiber = fiber_of_tid(tid);
    int result = REAL_PLAIN(sched_setaffinity)(tid, size, processors);
    if (result == 0 && fiber)
        fiber->moved = true;
    return result;
}

EXPORTED int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *processors)
{
    struct fiber *fiber = fiber_of(thread);
    int result = REAL_PLAIN(pthread_setaffinity_np)(thread, size, processors);
    if (result == 0 && fiber)
        fiber->moved = true;
    return result;
}
