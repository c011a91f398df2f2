#include "explain/recorder/recorder.h"

#include <errno.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * Reading the stack from sp upwards must not run over its end, and nobody says where that is:
 * pthread_getattr_np() allocates, and the thread may run on a signal stack or a coroutine's.
 *
 * - The page of the byte below sp is there: the return address or the callee's frame is on it. Most
 *   copies end on that page.
 * - A copy that crosses into the next page is plain where sp is on the thread's own stack, whose
 *   end is known. It is the thread's own when every page up to that end can be read, because a guard
 *   page lies below each such stack (below the first one: a gap that the kernel keeps).
 * - Every other copy is left to the kernel, which cannot fault.
 */
enum { PAGE = 4096, BATCH = 16 };
static const uint64_t deepest = UINT64_C(1) << 20;

/* The end of the first thread's stack, from the dynamic linker. */
extern void *__libc_stack_end;

static _Atomic bool first_known;
static _Atomic bool unguarded;

void recorder_first_thread(void)
{
    recorder_own.first = true;
    atomic_store_explicit(&first_known, true, memory_order_relaxed);
}

void recorder_unguarded(void)
{
    atomic_store_explicit(&unguarded, true, memory_order_relaxed);
}

static long read_own(const struct iovec *local, const struct iovec *remote, unsigned long count)
{
    pid_t pid = recorder_mark(recorder_map)->pid;
    int saved = errno;
    long got = syscall(SYS_process_vm_readv, pid, local, 1UL, remote, count, 0UL);
    errno = saved;
    return got;
}

/* One byte of each page from `low` on. */
static bool readable(uint64_t low, uint64_t high)
{
    struct iovec pages[BATCH];
    char bytes[BATCH];
    while (low < high) {
        struct iovec local = {bytes, 0};
        for (; local.iov_len < BATCH && low < high; low += PAGE)
            pages[local.iov_len++] = (struct iovec){(void *)low, 1};
        if (read_own(&local, pages, local.iov_len) != (long)local.iov_len)
            return false;
    }
    return true;
}

/* The end of what lies in one piece with the thread's own stack: the descriptor at a thread's top;
 * arguments, environment and the program's path, which comes last, above the first thread's. */
static uint64_t own_end(const struct recorder_own *own)
{
    uint64_t end = (uint64_t)pthread_self();
    if (own->first) {
        uint64_t path = getauxval(AT_EXECFN);
        end = path > (uint64_t)__libc_stack_end ? path : (uint64_t)__libc_stack_end;
    }
    return (end | (PAGE - 1)) + 1;
}

/* Finds out whether sp is on the thread's own stack, as far down as it has not been found before. */
static void learn_stack(struct recorder_own *own, uint64_t sp)
{
    if (!atomic_load_explicit(&first_known, memory_order_relaxed))
        return;
    uint64_t end = own_end(own);
    uint64_t low = sp & -(uint64_t)PAGE;
    if (sp >= end || end - sp > deepest || (own->stack_high != 0 && low >= own->stack_low))
        return;
    if (!readable(low, own->stack_high != 0 ? own->stack_low : end))
        return;
    own->stack_low = low;
    own->stack_high = end;
}

/* Not a loop that the compiler may turn into memcpy(): sanitizers intercept that. */
static uint32_t copy_words(uint64_t *to, uint64_t from, uint64_t size)
{
    typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));
    const uint64_t pairs = size / sizeof(pair);
    for (uint64_t i = 0; i < pairs; i++)
        ((volatile pair *)to)[i] = ((const volatile pair *)from)[i];
    return (uint32_t)(pairs * 2);
}

static uint32_t copy_across(uint64_t *to, uint64_t sp, uint64_t size, uint64_t page_end)
{
    const struct iovec local = {to, size};
    const struct iovec remote[] = {{(void *)sp, page_end - sp},
                                   {(void *)page_end, sp + size - page_end}};
    long got = read_own(&local, remote, 2);
    if (got >= 0)
        return (uint32_t)((uint64_t)got / sizeof *to);
    return copy_words(to, sp, page_end - sp);
}

void recorder_copy_call(struct recorded_call *call, uint64_t pc, uint64_t sp, uint64_t bp)
{
    struct recorder_own *own = &recorder_own;
    const uint64_t size = sizeof call->stack;
    const uint64_t end = sp + size;
    const uint64_t page_end = ((sp - 1) | (PAGE - 1)) + 1;
    call->pc = pc;
    call->sp = sp;
    call->bp = bp;
    if (end > page_end) {
        bool trust = !atomic_load_explicit(&unguarded, memory_order_relaxed);
        if (trust && (sp < own->stack_low || end > own->stack_high))
            learn_stack(own, sp);
        if (!trust || sp < own->stack_low || end > own->stack_high) {
            call->words = copy_across(call->stack, sp, size, page_end);
            return;
        }
    }
    call->words = copy_words(call->stack, sp, size);
}
