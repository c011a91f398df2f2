/*
 * What one thread waits for, read from its system call, its innermost frames, the memory of its
 * process and /proc. The layout of lock objects is glibc's (2.28 to 2.40, x86_64 and aarch64: 64-bit); of
 * other C libraries only the call is told, with a note.
 */
#ifndef RACELAB_EXPLAIN_WAITS_WAIT_H
#define RACELAB_EXPLAIN_WAITS_WAIT_H

#include "model/explanation.h"
#include "supervise/tree_scan.h"

/* An object of the program that holds an address, from its debug info. */
struct known_object {
    uint64_t base; /* of the innermost object that has a name of its own in the type: a mutex, not
                      its first word */
    char *name;    /* "queue.all_done" */
    char *type;    /* "pthread_cond_t", typedef names as the source has them; NULL: unknown */
};

/* How the processes are looked at; each answers false where it cannot. */
struct wait_sources {
    bool (*read)(void *context, pid_t pid, uint64_t address, void *buffer, size_t length);
    /* The caller frees the strings. `thread`: index in the explanation, whose frames may know a name
     * for the address. */
    bool (*object_at)(void *context, size_t thread, uint64_t address, struct known_object *object);
    void *context;
    const char *locks; /* of file_locks_read() */
    bool frozen;       /* nothing moves: no need to see whether the thread is still in its call */
    bool glibc;        /* the program runs on glibc; else no object is read */
};

/*
 * Fills explanation->threads[index].waiting, holders included. Expects processes, and of every
 * thread process, tid and frames (frame_count may be 0: then the call and the object's type are
 * gone by, and `certain` is false). `sample` is the thread's own state in a scan of the tree.
 * Reads only; nothing of the process is disturbed.
 */
void wait_tell(struct explanation *explanation, size_t index, const struct proc_thread *sample,
               const struct wait_sources *sources);

#endif
