#include "explain/recorder/recorder.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread struct recorder_own recorder_own;
struct recording_map *_Atomic recorder_map;
static _Atomic bool impossible;

/* MFD_NOEXEC_SEAL of Linux 6.3: a system may refuse files without it. Older ones do not know it. */
enum { NOEXEC_SEAL = 8 };

/* Growing a file above the process's limit would raise SIGXFSZ. */
static bool size_allowed(void)
{
    struct rlimit limit;
    return syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) == 0 &&
           (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= RECORDER_MAP_SIZE);
}

/* The kernel takes whole registers, and syscall() has no prototype: numbers are of type long. */
static bool map_file(char *at)
{
    if (!size_allowed())
        return false;
    int fd = (int)syscall(SYS_memfd_create, RECORDING_NAME, MFD_CLOEXEC | NOEXEC_SEAL);
    if (fd < 0 && errno == EINVAL)
        fd = (int)syscall(SYS_memfd_create, RECORDING_NAME, MFD_CLOEXEC);
    if (fd < 0)
        return false;
    bool mapped = syscall(SYS_ftruncate, fd, (long)RECORDER_MAP_SIZE) == 0 &&
                  syscall(SYS_mmap, at, (long)RECORDER_MAP_SIZE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, (long)fd, 0L) != -1;
    syscall(SYS_close, fd);
    return mapped;
}

/* Another thread may be faster. */
static struct recording_map *make_map(void)
{
    const long total = RECORDER_MAP_SIZE + RECORDER_GRAIN;
    long at = syscall(SYS_mmap, NULL, total, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1L, 0L);
    struct recording_map *none = NULL;
    if (at == -1)
        return atomic_load(&recorder_map);
    struct recording_map *map = (struct recording_map *)at;
    if (syscall(SYS_madvise, recorder_mark(map), (long)RECORDER_GRAIN, MADV_WIPEONFORK) != 0 ||
        !map_file((char *)map)) {
        syscall(SYS_munmap, map, total);
        return atomic_load(&recorder_map);
    }
    map->size = sizeof *map;
    atomic_store_explicit(&map->magic, RECORDING_MAGIC, memory_order_release);
    if (atomic_compare_exchange_strong(&recorder_map, &none, map))
        return map;
    syscall(SYS_munmap, map, total);
    return none;
}

/* Every process that writes here has a number of its own. */
static uint64_t generation_of(struct recording_map *map)
{
    struct process_mark *mark = recorder_mark(map);
    uint64_t now = atomic_load_explicit(&mark->generation, memory_order_acquire);
    if (now != 0)
        return now;
    atomic_store_explicit(&mark->pid, (pid_t)syscall(SYS_getpid), memory_order_relaxed);
    uint64_t next = atomic_fetch_add(&map->generations, 1) + 1;
    return atomic_compare_exchange_strong(&mark->generation, &now, next) ? next : now;
}

static bool holds_nothing(struct thread_note *note)
{
    for (uint32_t i = 0; i < RECORDING_HOLDS; i++)
        if (atomic_load_explicit(&note->holds[i].stamp, memory_order_relaxed) >= STAMP_FIRST)
            return false;
    return true;
}

static bool has_ended(struct thread_note *note, pid_t pid)
{
    if (note->ended || note->pid != pid)
        return true;
    return syscall(SYS_tgkill, pid, note->tid, 0) == -1 && errno == ESRCH;
}

/* A slot that has never been used; else one whose thread has ended and holds nothing. */
static struct thread_note *take_slot(struct recording_map *map, pid_t pid)
{
    uint32_t index = atomic_fetch_add_explicit(&map->threads_used, 1, memory_order_relaxed);
    if (index < RECORDING_THREADS)
        return &map->threads[index];
    atomic_store_explicit(&map->threads_used, RECORDING_THREADS, memory_order_relaxed);
    for (uint32_t i = 0; i < RECORDING_THREADS; i++) {
        index = atomic_fetch_add_explicit(&map->next_reuse, 1, memory_order_relaxed);
        struct thread_note *note = &map->threads[index % RECORDING_THREADS];
        uint64_t birth = atomic_load_explicit(&note->birth, memory_order_acquire);
        /* What it holds is final only once it has ended; asked first because it costs less. */
        if (birth >= STAMP_FIRST && holds_nothing(note) && has_ended(note, pid) &&
            holds_nothing(note) && atomic_compare_exchange_strong(&note->birth, &birth, STAMP_NONE))
            return note;
    }
    atomic_store_explicit(&map->incomplete, 1, memory_order_relaxed);
    return NULL;
}

/* The kernel gives a tid anew only when its thread has ended. */
static void end_namesakes(struct recording_map *map, pid_t pid, pid_t tid)
{
    uint32_t used = atomic_load_explicit(&map->threads_used, memory_order_relaxed);
    for (uint32_t i = 0; i < used && i < RECORDING_THREADS; i++)
        if (map->threads[i].tid == tid && map->threads[i].pid == pid)
            map->threads[i].ended = 1;
}

static struct thread_note *new_note(struct recording_map *map, pid_t inherits)
{
    pid_t pid = recorder_mark(map)->pid;
    pid_t tid = (pid_t)syscall(SYS_gettid);
    struct thread_note *note = take_slot(map, pid);
    if (!note)
        return NULL;
    end_namesakes(map, pid, tid);
    atomic_thread_fence(memory_order_release);
    for (uint32_t i = 0; i < RECORDING_HOLDS; i++)
        note->holds[i].stamp = STAMP_NONE;
    note->tid = tid;
    note->pid = pid;
    note->inherits = inherits;
    note->ended = 0;
    note->top = 0;
    note->wait_stamp = note->waits_on = note->wait_mutex = 0;
    atomic_store_explicit(&note->birth, recorder_stamp(map), memory_order_release);
    return note;
}

/* Signals are blocked for the time: a handler would take a second slot for the same thread. */
struct thread_note *recorder_enter(void)
{
    if (atomic_load_explicit(&impossible, memory_order_relaxed))
        return NULL;
    const uint64_t all = UINT64_MAX;
    uint64_t before = 0;
    int saved = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
    struct recording_map *map = atomic_load_explicit(&recorder_map, memory_order_acquire);
    if (!map)
        map = make_map();
    if (map) {
        struct recorder_own *own = &recorder_own;
        uint64_t generation = generation_of(map);
        if (own->generation != generation) {
            own->note = new_note(map, own->note ? own->note->tid : 0);
            own->generation = generation;
            own->missed = false;
        }
    } else {
        atomic_store_explicit(&impossible, true, memory_order_relaxed);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    errno = saved;
    return recorder_own.note;
}
