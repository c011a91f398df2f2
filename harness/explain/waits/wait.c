#include "explain/waits/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/syscall.h>

#include "explain/waits/calls.h"
#include "explain/waits/children.h"
#include "explain/waits/descriptor.h"
#include "explain/waits/ends.h"
#include "explain/waits/file_lock.h"
#include "explain/waits/futex.h"
#include "explain/waits/watched.h"
#include "model/memory.h"

/* One thread that sleeps in a system call. */
struct sleeper {
    const struct explanation *explanation;
    size_t index;
    const struct proc_thread *sample;
    const struct wait_sources *sources;
};

static void set_unknown(struct waiting *waiting, char *note)
{
    waiting->what = FOR_UNKNOWN;
    waiting->certain = false;
    free(waiting->note);
    waiting->note = note;
}

/* Reads a path from the process, byte by byte: it may end just before memory that is not there. */
static bool read_path(const struct sleeper *sleeper, uint64_t address, char path[PATH_MAX])
{
    const struct wait_sources *sources = sleeper->sources;
    for (size_t i = 0; i < PATH_MAX; i++) {
        if (!sources->read(sources->context, sleeper->sample->pid, address + i, path + i, 1))
            return false;
        if (path[i] == '\0')
            return i > 0;
    }
    return false;
}

/* open() of a FIFO sleeps until the other side is opened as well. */
static void tell_open(const struct sleeper *sleeper, int dir, uint64_t path_at, uint64_t flags,
                      struct waiting *waiting)
{
    char path[PATH_MAX];
    if (read_path(sleeper, path_at, path) &&
        ends_tell_open(sleeper->explanation, sleeper->index, dir, path, waiting)) {
        waiting->what = (flags & O_ACCMODE) == O_WRONLY ? FOR_ROOM : FOR_DATA;
        waiting->note = xstrdup(waiting->what == FOR_ROOM ? "nobody has opened it for reading"
                                                          : "nobody has opened it for writing");
        return;
    }
    set_unknown(waiting, xstrdup("it opens what is no FIFO"));
}

static void tell_descriptor(const struct sleeper *sleeper, bool for_room, struct waiting *waiting)
{
    const struct proc_thread *sample = sleeper->sample;
    int fd = (int)sample->args[0];
    waiting->what = for_room ? FOR_ROOM : FOR_DATA;
    ends_tell(sleeper->explanation, sleeper->index, fd, for_room, waiting);
    if (sample->call == SYS_recvmmsg)
        waiting->limited = sample->args[4] != 0;
    else
        waiting->limited = descriptor_is_armed(sample->pid, sample->tid, fd);
}

static void tell_queue(const struct sleeper *sleeper, bool for_room, struct waiting *waiting)
{
    const struct proc_thread *sample = sleeper->sample;
    waiting->what = for_room ? FOR_ROOM : FOR_DATA;
    waiting->limited = sample->args[4] != 0;
    ends_tell_queue(sleeper->explanation, sleeper->index, (int)sample->args[0], for_room, waiting);
}

static void tell_system_v(const struct sleeper *sleeper, struct waiting *waiting)
{
    switch (sleeper->sample->call) {
    case SYS_msgrcv:
        waiting->what = FOR_DATA;
        waiting->name = xstrdup("a System V message queue");
        break;
    case SYS_msgsnd:
        waiting->what = FOR_ROOM;
        waiting->name = xstrdup("a System V message queue");
        break;
    default:
        waiting->what = FOR_SEMAPHORE;
        waiting->name = xstrdup("a System V semaphore set");
        waiting->limited = sleeper->sample->call == SYS_semtimedop && sleeper->sample->args[3] != 0;
        break;
    }
    waiting->note = xstrdup("the kernel does not list who uses it");
}

static void tell_time(struct waiting *waiting)
{
    waiting->what = FOR_TIME;
    waiting->limited = true;
}

static void tell_fcntl(const struct sleeper *sleeper, struct waiting *waiting)
{
    int command = (int)sleeper->sample->args[1];
    if (sleeper->sample->call == SYS_fcntl && command != F_SETLKW && command != F_OFD_SETLKW) {
        set_unknown(waiting, xstrdup("it sleeps in fcntl, but not for a lock"));
        return;
    }
    waiting->what = FOR_FILE_LOCK;
    file_lock_tell(sleeper->explanation, sleeper->index, (int)sleeper->sample->args[0],
                   sleeper->sources->locks, waiting);
}

static void tell_call(const struct sleeper *sleeper, struct waiting *waiting)
{
    const uint64_t *args = sleeper->sample->args;
    switch (sleeper->sample->call) {
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_accept:
    case SYS_accept4:
        tell_descriptor(sleeper, false, waiting);
        break;
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
    case SYS_connect:
        tell_descriptor(sleeper, true, waiting);
        break;
#ifdef SYS_open
    case SYS_open:
        tell_open(sleeper, AT_FDCWD, args[0], args[1], waiting);
        break;
#endif
    case SYS_openat:
        tell_open(sleeper, (int)args[0], args[1], args[2], waiting);
        break;
    case SYS_flock:
    case SYS_fcntl:
        tell_fcntl(sleeper, waiting);
        break;
    case SYS_mq_timedreceive:
    case SYS_mq_timedsend:
        tell_queue(sleeper, sleeper->sample->call == SYS_mq_timedsend, waiting);
        break;
    case SYS_msgrcv:
    case SYS_msgsnd:
    case SYS_semop:
    case SYS_semtimedop:
        tell_system_v(sleeper, waiting);
        break;
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_restart_syscall: /* only calls with a time limit are begun again this way */
        tell_time(waiting);
        break;
    case SYS_rt_sigtimedwait:
        waiting->limited = args[2] != 0;
        waiting->what = FOR_SIGNAL;
        break;
#ifdef SYS_pause
    case SYS_pause:
#endif
    case SYS_rt_sigsuspend:
        waiting->what = FOR_SIGNAL;
        break;
    default:
        set_unknown(waiting, waiting->call ? xstrdup("nothing is known of what this call waits for")
                                           : xasprintf("it sleeps in system call %ld",
                                                       sleeper->sample->call));
        break;
    }
}

/* False where the sample shows no call that could be told. */
static bool is_asleep(const struct proc_thread *sample, struct waiting *waiting)
{
    if (sample->state == 'T' || sample->state == 't')
        set_unknown(waiting, xstrdup("it is stopped"));
    else if (sample->call_error)
        set_unknown(waiting,
                    xasprintf("its system call cannot be seen: %s", strerror(sample->call_error)));
    else if (sample->call < 0)
        waiting->what = FOR_NOTHING;
    /* The call numbers of a 32-bit program are of another table. */
    else if (sizeof(void *) == 8 && sample->stack <= UINT32_MAX)
        set_unknown(waiting, xstrdup("it is a 32-bit program"));
    else
        return true;
    return false;
}

enum { BACK_MS = 50 };

/* What was read is of one moment only if the thread is still in the call. A process that cannot be
 * looked at says nothing. */
static void check_still_there(const struct proc_thread *sample, struct waiting *waiting)
{
    struct proc_thread now;
    int rc;
    if (waiting->what == FOR_NOTHING || !waiting->certain)
        return;
    /* It was stopped to read its stack, and may be on its way back into the call. */
    for (int i = 0; (rc = proc_read_thread(sample->pid, sample->tid, &now)) == 0 &&
                    now.state == 'R' && i < BACK_MS;
         i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    if (rc < 0 || now.call_error)
        return;
    if (now.call == sample->call && now.stack == sample->stack &&
        memcmp(now.args, sample->args, sizeof now.args) == 0)
        return;
    waiting->certain = false;
    if (!waiting->note)
        waiting->note = xstrdup("the thread went on while it was looked at");
}

void wait_tell(struct explanation *explanation, size_t index, const struct proc_thread *sample,
               const struct wait_sources *sources)
{
    struct stuck_thread *thread = &explanation->threads[index];
    struct waiting *waiting = &thread->waiting;
    struct sleeper sleeper = {explanation, index, sample, sources};
    waiting_release(waiting);
    *waiting = (struct waiting){.fd = -1, .count = -1, .needed = -1, .certain = true};
    if (!is_asleep(sample, waiting))
        return;
    if (futex_is_wait(sample->call)) {
        futex_tell(explanation, index, sample, sources, waiting);
    } else {
        const char *name = call_name(sample->call, thread->frames, thread->frame_count);
        waiting->call = name ? xstrdup(name) : NULL;
        if (watched_is_wait(sample->call)) {
            waiting->what = FOR_DESCRIPTORS;
            watched_tell(explanation, index, sample, sources, waiting);
        } else if (children_is_wait(sample)) {
            waiting->what = FOR_CHILD;
            children_tell(explanation, index, sample, waiting);
        } else {
            tell_call(&sleeper, waiting);
        }
    }
    if (!sources->frozen)
        check_still_there(sample, waiting);
}
