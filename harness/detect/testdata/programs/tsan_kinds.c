/*
 * One report of ThreadSanitizer a kind, by name: tsan_kinds KIND. Threads are ordered by a pipe that the
 * runtime is not told of, so that each kind is reported in every run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int turns[2];
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t c = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t shelf = PTHREAD_RWLOCK_INITIALIZER;
static long total;
static long *block;
static int descriptor;

/* Raw system calls: no order between the threads as the runtime sees it. */
static void pass_turn(void)
{
    syscall(SYS_write, turns[1], "x", 1);
}

static void await_turn(void)
{
    char token;
    syscall(SYS_read, turns[0], &token, 1);
}

static void run(void *(*thread)(void *))
{
    pthread_t id;
    pthread_create(&id, NULL, thread, NULL);
    pthread_join(id, NULL);
}

static void *adds_named(void *arg)
{
    (void)arg;
    pthread_setname_np(pthread_self(), "adder");
    pthread_mutex_lock(&a);
    total++;
    pthread_mutex_unlock(&a);
    pass_turn();
    return NULL;
}

static void race_locks(void)
{
    pthread_t id;
    pthread_create(&id, NULL, adds_named, NULL);
    await_turn();
    pthread_mutex_lock(&b);
    total++;
    pthread_mutex_unlock(&b);
    pthread_join(id, NULL);
}

static void *fills(void *arg)
{
    (void)arg;
    memset(block, 1, sizeof(*block));
    pass_turn();
    return NULL;
}

static void race_heap(void)
{
    pthread_t id;
    block = malloc(sizeof(*block));
    pthread_create(&id, NULL, fills, NULL);
    await_turn();
    __atomic_fetch_add(block, 1, __ATOMIC_RELAXED);
    pthread_join(id, NULL);
}

static void *frees(void *arg)
{
    (void)arg;
    free(block);
    pass_turn();
    return NULL;
}

static void use_after_free(void)
{
    pthread_t id;
    block = malloc(sizeof(*block));
    pthread_create(&id, NULL, frees, NULL);
    await_turn();
    *block = 3;
    pthread_join(id, NULL);
}

static void *sleeps(void *arg)
{
    (void)arg;
    usleep(1000);
    total++;
    return NULL;
}

static void race_sleep(void)
{
    pthread_t id;
    pthread_create(&id, NULL, sleeps, NULL);
    total++;
    pthread_join(id, NULL);
}

static void *writes(void *arg)
{
    (void)arg;
    write(descriptor, "x", 1);
    pass_turn();
    return NULL;
}

static void race_fd(void)
{
    pthread_t id;
    descriptor = open("/dev/null", O_WRONLY);
    pthread_create(&id, NULL, writes, NULL);
    await_turn();
    close(descriptor);
    pthread_join(id, NULL);
}

static void *on_stack(void *arg)
{
    *(long *)arg = 1;
    pass_turn();
    return NULL;
}

static void race_stack(void)
{
    pthread_t id;
    long local = 0;
    pthread_create(&id, NULL, on_stack, &local);
    await_turn();
    local++;
    pthread_join(id, NULL);
}

static void *leaves(void *arg)
{
    return arg;
}

static void leak(void)
{
    pthread_t id;
    pthread_create(&id, NULL, leaves, NULL);
}

static void destroy_locked(void)
{
    pthread_mutex_lock(&a);
    pthread_mutex_destroy(&a);
}

static void unlock_unlocked(void)
{
    pthread_mutex_unlock(&a);
}

static void use_destroyed(void)
{
    pthread_mutex_t *gone = malloc(sizeof(*gone));
    pthread_mutex_init(gone, NULL);
    pthread_mutex_destroy(gone);
    pthread_mutex_lock(gone);
    pthread_mutex_unlock(gone);
}

void AnnotateRWLockAcquired(const char *file, int line, const volatile void *lock, long writing);
void AnnotateRWLockReleased(const char *file, int line, const volatile void *lock, long writing);

static void *takes_shelf(void *arg)
{
    AnnotateRWLockAcquired(__FILE__, __LINE__, &shelf, 1);
    return arg;
}

/* As a lock of one's own making that lets two threads in. */
static void double_lock(void)
{
    run(takes_shelf);
    AnnotateRWLockAcquired(__FILE__, __LINE__, &shelf, 1);
}

static void read_unlock_of_write(void)
{
    AnnotateRWLockAcquired(__FILE__, __LINE__, &shelf, 1);
    AnnotateRWLockReleased(__FILE__, __LINE__, &shelf, 0);
}

static void read_lock_of_write(void)
{
    AnnotateRWLockAcquired(__FILE__, __LINE__, &shelf, 1);
    AnnotateRWLockAcquired(__FILE__, __LINE__, &shelf, 0);
}

static void lock_two(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void *a_then_b(void *arg)
{
    lock_two(&a, &b);
    return arg;
}

static void *b_then_c(void *arg)
{
    lock_two(&b, &c);
    return arg;
}

static void *c_then_a(void *arg)
{
    lock_two(&c, &a);
    return arg;
}

static void three_locks(void)
{
    run(a_then_b);
    run(b_then_c);
    run(c_then_a);
}

static void *volatile kept;

static void allocates(int signal)
{
    (void)signal;
    kept = malloc(10);
}

static void spoils(int signal)
{
    (void)signal;
    errno = 1;
}

static void raise_with(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    syscall(SYS_kill, getpid(), SIGUSR1); /* kill() to oneself counts as a synchronous signal */
    usleep(1);
}

static void signal_unsafe(void)
{
    raise_with(allocates);
}

static void signal_errno(void)
{
    raise_with(spoils);
}

void *__tsan_external_register_tag(const char *type);
void __tsan_external_write(void *address, void *caller, void *tag);

static void *tag;

static void *modifies(void *arg)
{
    __tsan_external_write(&total, __builtin_return_address(0), tag);
    pass_turn();
    return arg;
}

static void external(void)
{
    pthread_t id;
    tag = __tsan_external_register_tag("Ledger");
    pthread_create(&id, NULL, modifies, NULL);
    await_turn();
    __tsan_external_write(&total, __builtin_return_address(0), tag);
    pthread_join(id, NULL);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } kinds[] = {
        {"race-locks", race_locks},
        {"race-heap", race_heap},
        {"use-after-free", use_after_free},
        {"race-sleep", race_sleep},
        {"race-fd", race_fd},
        {"race-stack", race_stack},
        {"leak", leak},
        {"destroy-locked", destroy_locked},
        {"double-lock", double_lock},
        {"unlock-unlocked", unlock_unlocked},
        {"use-destroyed", use_destroyed},
        {"read-unlock-of-write", read_unlock_of_write},
        {"read-lock-of-write", read_lock_of_write},
        {"three-locks", three_locks},
        {"signal-unsafe", signal_unsafe},
        {"signal-errno", signal_errno},
        {"external", external},
    };
    if (pipe(turns) != 0)
        return 1;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (argc < 2)
            puts(kinds[i].name);
        else if (strcmp(argv[1], kinds[i].name) == 0)
            kinds[i].run();
    }
    return 0;
}
