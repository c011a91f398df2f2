#include "explain/waits/futex_wait.h"

#include <dirent.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/glibc.h"
#include "explain/waits/holder.h"
#include "explain/waits/once.h"
#include "model/memory.h"

static void set_note(struct waiting *waiting, const char *note)
{
    free(waiting->note);
    waiting->note = xstrdup(note);
}

struct mapping {
    ino_t inode; /* of the file that is mapped; 0: none */
    bool shared; /* with other processes, where they have it, too */
};

/* What is mapped at an address; all zero where nothing is. */
static struct mapping mapping_at(pid_t pid, uint64_t address)
{
    char path[64];
    char line[512];
    struct mapping mapping = {0};
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    while (maps && fgets(line, sizeof line, maps)) {
        uint64_t start;
        uint64_t end;
        uint64_t inode;
        char access[5];
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %" SCNu64, &start, &end, access,
                   &inode) == 4 &&
            address >= start && address < end) {
            mapping = (struct mapping){.inode = inode, .shared = access[3] == 's'};
            break;
        }
    }
    if (maps)
        fclose(maps);
    return mapping;
}

/* The base that the debug info gives, where it knows such an object; else the computed one. */
static uint64_t base_of(const struct futex_wait *wait, enum wait_for what, uint64_t computed)
{
    return wait->known_as == what && wait->known.base != 0 ? wait->known.base : computed;
}

/*
 * The kernel refuses a lock that inherits priority to its own owner, and to anyone where the owner
 * has ended; the C library then waits on a word of its own stack that nobody wakes. Nothing that
 * lasts there leads to the mutex.
 */
static bool on_own_stack(const struct futex_wait *wait)
{
    return wait->word >= wait->sample->stack && wait->word - wait->sample->stack < 1024;
}

static void tell_mutex(const struct futex_wait *wait, struct waiting *waiting)
{
    struct glibc_mutex mutex;
    if (wait->command == FUTEX_WAIT_BITSET && on_own_stack(wait)) {
        waiting->object = 0;
        set_note(waiting,
                 "the kernel refused the lock, which inherits priority, because the thread "
                 "holds it itself or its owner has ended");
        return;
    }
    if (!glibc_read_mutex(wait->sources, wait->pid, wait->word, &mutex)) {
        waiting->certain = false;
        set_note(waiting, "the mutex could not be read");
    } else if (mutex.destroyed) {
        set_note(waiting, "the mutex has been destroyed");
    } else if (!mutex.plausible) {
        waiting->certain = false;
        set_note(waiting, "what is at its address is no mutex now");
    } else if (!mutex.locked && !mutex.shared && mapping_at(wait->pid, wait->word).shared) {
        set_note(waiting, "the mutex is not locked now: it lies in shared memory, but is not "
                          "PTHREAD_PROCESS_SHARED, so that an unlock by another process wakes "
                          "nobody here");
    } else if (!mutex.locked) {
        set_note(waiting, "the mutex is not locked now");
    } else if (mutex.owner <= 0) {
        set_note(waiting, "the mutex is locked, yet names no owner");
    } else {
        holder_add_owner(wait->explanation, wait->index, mutex.owner, mutex.shared, waiting);
    }
}

static void tell_condition(const struct futex_wait *wait, struct waiting *waiting)
{
    const char *name = wait->call.name ? wait->call.name : "";
    if (strcmp(name, "pthread_cond_destroy") == 0) {
        waiting->object = wait->word - 36; /* __wrefs */
        set_note(waiting, "the condition variable is in use: threads still wait for it");
    } else if (strstr(name, "signal") || strstr(name, "broadcast")) {
        waiting->object = wait->word - (wait->word % 8 == 0 ? 16 : 20); /* __g_refs */
        set_note(waiting, "threads that were woken before have not left the condition variable");
    } else if (wait->known_as == FOR_CONDITION) {
        waiting->object = wait->known.base;
    } else if (!glibc_find_cond(wait->sources, wait->pid, wait->word, &waiting->object)) {
        waiting->object = wait->word;
        set_note(waiting, "what is at its address is no condition variable now");
    }
}

static void tell_rwlock(const struct futex_wait *wait, struct waiting *waiting)
{
    struct glibc_rwlock lock;
    bool writes = false;
    waiting->object =
        base_of(wait, FOR_READ_LOCK, glibc_rwlock_of(wait->word, wait->value, &writes));
    if (wait->call.what == FOR_UNKNOWN)
        waiting->what = writes ? FOR_WRITE_LOCK : FOR_READ_LOCK;
    if (!glibc_read_rwlock(wait->sources, wait->pid, waiting->object, &lock)) {
        waiting->certain = false;
        set_note(waiting, "the lock could not be read");
        return;
    }
    waiting->count = lock.readers;
    if (lock.writer != 0)
        holder_add_owner(wait->explanation, wait->index, lock.writer, lock.shared, waiting);
    else if (lock.writer_waiting && waiting->what == FOR_READ_LOCK)
        set_note(waiting, "the lock prefers writers, and one waits for the readers before this "
                          "one; glibc does not record who they are");
    else if (lock.readers > 0)
        set_note(waiting, "glibc does not record who holds a lock for reading");
}

/* "/jobs" where the semaphore is in the file /dev/shm/sem.jobs. The mapping itself has a name that
 * the file had only while sem_open() made it. */
static char *semaphore_name(pid_t pid, uint64_t address)
{
    char path[64];
    char *name = NULL;
    ino_t inode = mapping_at(pid, address).inode;
    snprintf(path, sizeof path, "/proc/%d/root/dev/shm", (int)pid);
    DIR *dir = inode != 0 ? opendir(path) : NULL;
    const struct dirent *entry;
    while (dir && !name && (entry = readdir(dir)))
        if (entry->d_ino == inode && strncmp(entry->d_name, "sem.", 4) == 0)
            name = xasprintf("/%s", entry->d_name + 4);
    if (dir)
        closedir(dir);
    return name;
}

static void tell_semaphore(const struct futex_wait *wait, struct waiting *waiting)
{
    struct glibc_semaphore semaphore;
    if (glibc_read_semaphore(wait->sources, wait->pid, wait->word, &semaphore))
        waiting->count = semaphore.value;
    if (wait->known.base == 0)
        waiting->name = semaphore_name(wait->pid, wait->word);
}

static void tell_barrier(const struct futex_wait *wait, struct waiting *waiting)
{
    struct glibc_barrier barrier;
    waiting->object = base_of(wait, FOR_BARRIER, glibc_barrier_of(wait->word));
    if (wait->call.name && strstr(wait->call.name, "destroy"))
        set_note(waiting, "threads of its last round have not left the barrier");
    else if (glibc_read_barrier(wait->sources, wait->pid, waiting->object, &barrier)) {
        waiting->count = barrier.arrived;
        waiting->needed = barrier.needed;
    }
}

/* The word is the thread id in the joined thread's descriptor; the kernel clears it. */
static void tell_join(const struct futex_wait *wait, struct waiting *waiting)
{
    waiting->object = 0;
    holder_add_owner(wait->explanation, wait->index, (pid_t)wait->value, false, waiting);
}

void futex_tell_object(const struct futex_wait *wait, struct waiting *waiting)
{
    if (!wait->sources->glibc) {
        set_note(waiting, "its C library is not glibc, so the object could not be read");
        return;
    }
    switch (waiting->what) {
    case FOR_MUTEX:
        tell_mutex(wait, waiting);
        break;
    case FOR_CONDITION:
        tell_condition(wait, waiting);
        break;
    case FOR_READ_LOCK:
    case FOR_WRITE_LOCK:
        tell_rwlock(wait, waiting);
        break;
    case FOR_SEMAPHORE:
        tell_semaphore(wait, waiting);
        break;
    case FOR_BARRIER:
        tell_barrier(wait, waiting);
        break;
    case FOR_JOIN:
        tell_join(wait, waiting);
        break;
    case FOR_ONCE:
        once_tell(wait->explanation, wait->index, wait->sources, waiting);
        break;
    default:
        break;
    }
}
