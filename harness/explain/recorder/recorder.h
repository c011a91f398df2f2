/*
 * The recorder: a preload library that stands before the C library's lock, condition and semaphore
 * functions and notes what recording.h tells. For glibc 2.32 and later.
 *
 * Rules for all of it, because it runs inside calls that must not notice:
 * - no allocation, no lock, no waiting, no stdio; errno stays as it was;
 * - any function may be interrupted at any instruction by a signal handler that calls the same
 *   function, and the handler may never return;
 * - it may run before any constructor did, its own included;
 * - it reads no memory that might not be there;
 * - it calls nothing that a sanitizer's runtime intercepts, memcpy included (see the flags in
 *   CMakeLists.txt), so that no detector takes its work for the program's; the look at a new
 *   thread's attributes apart, which touches its caller's own memory only.
 *
 * Where there is no memory for a recording, nothing is recorded and nothing is said.
 */
#ifndef RACELAB_EXPLAIN_RECORDER_RECORDER_H
#define RACELAB_EXPLAIN_RECORDER_RECORDER_H

#include <stdbool.h>
#include <sys/single_threaded.h>

#include "explain/recorder/recorder_layout.h"

/* What the recorder knows of the thread that runs. All zero in a new thread. */
struct recorder_own {
    uint64_t generation;      /* of the process that `note` was taken in; see recorder_map.c */
    struct thread_note *note; /* NULL: no slot was left */
    uint64_t stack_low;       /* memory from here to stack_high is the thread's own stack */
    uint64_t stack_high;
    bool first;  /* the process's first thread, or its copy in a forked child */
    bool missed; /* a hold of this thread could not be noted */
};

extern __thread struct recorder_own recorder_own;
extern struct recording_map *_Atomic recorder_map; /* NULL: none yet */

/* recorder_map.c: the mapping and the threads' slots */
struct process_mark {
    _Atomic uint64_t generation; /* 0: a forked child that has not noted anything yet */
    _Atomic pid_t pid;
};
struct thread_note *recorder_enter(void);

/* A multiple of every page size there is. */
enum {
    RECORDER_GRAIN = 1 << 16,
    RECORDER_MAP_SIZE =
        (sizeof(struct recording_map) + RECORDER_GRAIN - 1) / RECORDER_GRAIN * RECORDER_GRAIN
};

/*
 * Behind the recording lies memory that the kernel empties in a forked child. It tells a child from
 * its parent at the price of a load, however the child was made; and a child that shares its
 * parent's memory (vfork) rightly passes for the parent.
 */
static inline struct process_mark *recorder_mark(struct recording_map *map)
{
    return (struct process_mark *)((char *)map + RECORDER_MAP_SIZE);
}

/* The slot of this thread, taken on its first call; NULL: it has none, note nothing. */
static inline struct thread_note *recorder_thread(void)
{
    struct recording_map *map = atomic_load_explicit(&recorder_map, memory_order_acquire);
    const uint64_t own = recorder_own.generation;
    if (map && own != 0 &&
        own == atomic_load_explicit(&recorder_mark(map)->generation, memory_order_relaxed))
        return recorder_own.note;
    return recorder_enter();
}

/*
 * Two exchanges at the price of plain stores, for most of what the recorder costs is bus locks. On
 * x86-64 one instruction cannot be torn apart by a signal, and that is enough where no other thread
 * stores to the word: a thread alone claims its own notes; nobody else counts where there is no
 * other thread.
 */
static inline bool recorder_exchange_own(_Atomic uint64_t *word, uint64_t expected,
                                         uint64_t desired)
{
#if defined __x86_64__
    bool done;
    __asm__ volatile("cmpxchgq %3, %0"
                     : "+m"(*word), "+a"(expected), "=@ccz"(done)
                     : "r"(desired)
                     : "memory");
    return done;
#else
    return atomic_compare_exchange_strong(word, &expected, desired);
#endif
}

static inline uint64_t recorder_stamp(struct recording_map *map)
{
#if defined __x86_64__
    if (__libc_single_threaded) {
        uint64_t count = 1;
        __asm__ volatile("xaddq %0, %1" : "+r"(count), "+m"(map->stamp) : : "memory");
        return STAMP_FIRST + count;
    }
#endif
    return STAMP_FIRST + atomic_fetch_add_explicit(&map->stamp, 1, memory_order_relaxed);
}

/* recorder_stack.c */
void recorder_copy_call(struct recorded_call *call, uint64_t pc, uint64_t sp, uint64_t bp);
/* A thread will run, or has asked for all others to run, on a stack without a guard page. */
void recorder_unguarded(void);
/* The library's constructor ran, in the first thread. */
void recorder_first_thread(void);

/* recorder_holds.c */
/* Not for a recursive mutex that the thread had already. */
void recorder_took(struct thread_note *own, const void *object, enum recorded_kind kind,
                   uint64_t pc, uint64_t sp, uint64_t bp);

/* Somebody else's hold, as it was found. */
struct recorder_other {
    struct hold_note *hold;
    uint64_t stamp;
};

/*
 * Before a lock is given back. True where the caller's own hold is noted, or nobody's: nothing is
 * left to do after the call. False where another thread has it, as it may with a normal mutex or a
 * read-write lock: then recorder_gave_other() after the call has succeeded. The stamp keeps that from
 * taking away a hold which a third thread got in between.
 */
bool recorder_gives(struct thread_note *own, const void *object, bool mutex,
                    struct recorder_other *other);
void recorder_gave_other(const struct recorder_other *other);
/* The memory of a lock becomes a new lock. */
void recorder_forget_holds(const void *object);

/* recorder_wakes.c */
void recorder_wakes(const void *object, uint64_t pc, uint64_t sp, uint64_t bp);
void recorder_waits(const void *object, const void *mutex);
/* The memory of a condition or semaphore becomes a new one, or none. */
void recorder_forget_wakes(const void *object);

#endif
