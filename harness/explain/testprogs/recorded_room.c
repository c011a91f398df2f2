/* recorded_room HOW: more threads, locks or objects than a recording has room for; unusual stacks. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "recorded.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *touch(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void *keep(void *mutex)
{
    pthread_mutex_lock(mutex);
    return NULL;
}

static void *idle(void *semaphore)
{
    say("idle", (uint64_t)gettid());
    touch(NULL);
    sem_post(semaphore);
    for (;;)
        pause();
}

/* One after the other: the slots are used again of all but the one that is idle. */
static void threads(void)
{
    pthread_t thread;
    sem_t begun;
    sem_init(&begun, 0, 0);
    assert(pthread_create(&thread, NULL, idle, &begun) == 0);
    sem_wait(&begun);
    sem_destroy(&begun);
    for (int i = 0; i < 1500; i++)
        run(touch, NULL);
    run(keep, &lock);
    ready();
}

static void too_many_threads(void)
{
    static pthread_mutex_t locks[1100];
    for (size_t i = 0; i < sizeof locks / sizeof *locks; i++) {
        pthread_mutex_init(&locks[i], NULL);
        run(keep, &locks[i]);
    }
    ready();
}

static void too_many_locks(void)
{
    static pthread_mutex_t locks[17];
    for (size_t i = 0; i < 17; i++) {
        pthread_mutex_init(&locks[i], NULL);
        pthread_mutex_lock(&locks[i]);
    }
    SAY_ADDRESS(&locks[15]);
    SAY_ADDRESS(&locks[16]);
    ready();
}

static void too_many_objects(void)
{
    static sem_t semaphores[1025];
    for (size_t i = 0; i < 1025; i++) {
        sem_init(&semaphores[i], 0, 0);
        sem_post(&semaphores[i]);
    }
    ready();
}

static void lock_here(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void lock_deep(int depth)
{
    volatile char room[200];
    room[0] = 0;
    lock_here();
    if (depth > 0)
        lock_deep(depth - 1);
    room[1] = 0;
}

static void *lock_on_own(void *arg)
{
    lock_deep(20);
    return arg;
}

static const size_t stack_size = 1 << 16;
static ucontext_t back;

static void run_on(char *low, size_t size)
{
    ucontext_t there;
    assert(getcontext(&there) == 0);
    there.uc_stack.ss_sp = low;
    there.uc_stack.ss_size = size;
    there.uc_link = &back;
    makecontext(&there, lock_here, 0);
    assert(swapcontext(&back, &there) == 0);
}

/* Up to every end near the last, as the copy may cross it or not. */
static void run_to_the_end(char *low)
{
    for (size_t shift = 0; shift < 1024; shift += 16)
        run_on(low, stack_size - shift);
}

static char *map(char *where, size_t size)
{
    int flags = where ? MAP_FIXED_NOREPLACE : 0;
    char *low =
        mmap(where, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    return low == MAP_FAILED ? NULL : low;
}

/* Below the thread's own stack, with nothing above but its guard page and a gap. */
static void *below_own(void *arg)
{
    pthread_attr_t attributes;
    void *own;
    size_t size;
    char *low = NULL;
    assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
    assert(pthread_attr_getstack(&attributes, &own, &size) == 0);
    pthread_attr_destroy(&attributes);
    for (size_t gap = 2; !low && gap < 10; gap++)
        low = map((char *)own - gap * stack_size, stack_size);
    assert(low);
    run_to_the_end(low);
    munmap(low, stack_size);
    return arg;
}

/* Two more stacks right below a supplied one, without a guard page; then the upper one vanishes. */
static void *below_supplied(void *lowest)
{
    char *low = lowest;
    lock_deep(20);
    for (size_t shift = 0; shift < 4096; shift += 256)
        run_on(low + stack_size, stack_size - shift);
    for (size_t shift = 0; shift < 4096; shift += 256)
        run_on(low, stack_size - shift);
    assert(mprotect(low + stack_size, stack_size, PROT_NONE) == 0);
    run_to_the_end(low);
    return NULL;
}

static void run_with(void *(*start)(void *), void *argument, void *stack, size_t size)
{
    pthread_attr_t attributes;
    pthread_t thread;
    assert(pthread_attr_init(&attributes) == 0);
    if (stack)
        assert(pthread_attr_setstack(&attributes, stack, size) == 0);
    else
        assert(pthread_attr_setstacksize(&attributes, size) == 0);
    assert(pthread_create(&thread, &attributes, start, argument) == 0);
    assert(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

/* Stacks that end at memory which cannot be read, each used up to its very end. */
static void stacks(void)
{
    char *low = map(NULL, 2 * stack_size);
    assert(low && mprotect(low + stack_size, stack_size, PROT_NONE) == 0);
    run_to_the_end(low);
    lock_deep(200);
    run(lock_on_own, NULL);
    run_with(below_own, NULL, NULL, stack_size);
    SAY_ADDRESS(&lock);
    low = map(NULL, 3 * stack_size);
    assert(low);
    run_with(below_supplied, low, low + 2 * stack_size, stack_size);
    lock_deep(200);
    pthread_mutex_lock(&lock);
    ready();
}

/* Where the copy must cross into another page, and the kernel refuses to help. */
static void lock_near_page_end(void)
{
    volatile char some[48];
    const uintptr_t at = (uintptr_t)__builtin_frame_address(0) % 4096;
    some[0] = 0;
    if (at < 3600 || at > 3900)
        lock_near_page_end();
    pthread_mutex_lock(&lock);
    ready();
}

static void refused(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    SAY_ADDRESS(&lock);
    assert(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    assert(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
    lock_near_page_end();
}

int main(int argc, char **argv)
{
    static const struct way ways[] = {{"threads", threads},
                                      {"too-many-threads", too_many_threads},
                                      {"too-many-locks", too_many_locks},
                                      {"too-many-objects", too_many_objects},
                                      {"stacks", stacks},
                                      {"refused", refused}};
    return GO(ways);
}
