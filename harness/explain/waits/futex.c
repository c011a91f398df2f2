#include "explain/waits/futex.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "explain/waits/futex_wait.h"
#include "explain/waits/glibc.h"
#include "explain/waits/holder.h"
#include "model/memory.h"

bool futex_is_wait(long call)
{
    switch (call) {
    case SYS_futex:
#ifdef SYS_futex_waitv
    case SYS_futex_waitv:
#endif
#ifdef SYS_futex_wait
    case SYS_futex_wait:
#endif
        return true;
    default:
        return false;
    }
}

/* The word, its value and the time limit from the call's arguments. */
static void decode(struct futex_wait *wait, struct waiting *waiting)
{
    const uint64_t *args = wait->sample->args;
    wait->command = FUTEX_WAIT;
    wait->word = args[0];
    wait->value = (uint32_t)args[1];
    wait->private = true;
    switch (wait->sample->call) {
    case SYS_futex:
        wait->command = (int)args[1] & FUTEX_CMD_MASK;
        wait->private = args[1] & FUTEX_PRIVATE_FLAG;
        wait->value = (uint32_t)args[2];
        waiting->limited = args[3] != 0;
        break;
#ifdef SYS_futex_wait
    case SYS_futex_wait:
        waiting->limited = args[4] != 0;
        break;
#endif
    default: {
        struct {
            uint64_t value;
            uint64_t address;
        } first = {0};
        waiting->limited = args[3] != 0;
        if (!wait->sources->read(wait->sources->context, wait->pid, args[0], &first, sizeof first))
            first.address = 0;
        wait->word = first.address;
        wait->value = (uint32_t)first.value;
        break;
    }
    }
}

/* The kind by the name of the object's type. */
static enum wait_for kind_of_type(const char *type)
{
    static const struct {
        const char *type;
        enum wait_for what;
    } types[] = {
        {"pthread_mutex_t", FOR_MUTEX},
        {"mtx_t", FOR_MUTEX},
        {"std::mutex", FOR_MUTEX},
        {"pthread_cond_t", FOR_CONDITION},
        {"cnd_t", FOR_CONDITION},
        {"std::condition_variable", FOR_CONDITION},
        {"pthread_rwlock_t", FOR_READ_LOCK},
        {"sem_t", FOR_SEMAPHORE},
        {"pthread_barrier_t", FOR_BARRIER},
        {"pthread_once_t", FOR_ONCE},
        {"once_flag", FOR_ONCE},
    };
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].type) == 0)
            return types[i].what;
    return FOR_UNKNOWN;
}

static bool is_fellow(const struct futex_wait *wait, pid_t tid)
{
    size_t found = holder_find_thread(wait->explanation, tid);
    return found != NO_INDEX && found != wait->index &&
           wait->explanation->threads[found].process == wait->thread->process;
}

/* The kind by the call's form and the memory around the word, where nothing names it. */
static enum wait_for kind_of_memory(const struct futex_wait *wait)
{
    struct glibc_mutex mutex;
    struct glibc_semaphore semaphore;
    uint64_t base;
    if (wait->command == FUTEX_LOCK_PI)
        return FOR_MUTEX;
    if (!wait->private && is_fellow(wait, (pid_t)wait->value))
        return FOR_JOIN;
    if (wait->command == FUTEX_WAIT && wait->value == 2 &&
        glibc_read_mutex(wait->sources, wait->pid, wait->word, &mutex) && mutex.plausible &&
        mutex.locked && mutex.users > 0 && mutex.owner > 0)
        return FOR_MUTEX;
    if (wait->command != FUTEX_WAIT_BITSET)
        return FOR_FUTEX;
    if (glibc_find_cond(wait->sources, wait->pid, wait->word, &base))
        return FOR_CONDITION;
    if (wait->value == 0 &&
        glibc_read_semaphore(wait->sources, wait->pid, wait->word, &semaphore) &&
        semaphore.plausible && semaphore.waiters <= wait->explanation->thread_count)
        return FOR_SEMAPHORE;
    return FOR_FUTEX;
}

static void choose_kind(struct futex_wait *wait, struct waiting *waiting)
{
    waiting->what = wait->call.what;
    waiting->certain = wait->call.what != FOR_UNKNOWN;
    /* A condition's own wait is by FUTEX_WAIT_BITSET; one that is over takes the mutex again. */
    if (wait->sources->glibc && wait->call.what == FOR_CONDITION &&
        strstr(wait->call.name, "wait") &&
        (wait->command == FUTEX_WAIT || wait->command == FUTEX_LOCK_PI))
        waiting->what = FOR_MUTEX;
    if (waiting->what == FOR_UNKNOWN)
        waiting->what = wait->known_as;
    if (waiting->what != FOR_UNKNOWN)
        return;
    bool raw = call_is_raw(wait->thread->frames, wait->thread->frame_count);
    waiting->what = wait->sources->glibc && !raw ? kind_of_memory(wait) : FOR_FUTEX;
    waiting->certain = raw;
}

void futex_tell(const struct explanation *explanation, size_t index,
                const struct proc_thread *sample, const struct wait_sources *sources,
                struct waiting *waiting)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    struct futex_wait wait = {
        .explanation = explanation,
        .index = index,
        .thread = thread,
        .pid = explanation->processes[thread->process].pid,
        .sample = sample,
        .sources = sources,
        .call = call_in_frames(thread->frames, thread->frame_count),
    };
    decode(&wait, waiting);
    waiting->object = wait.word;
    if (!sources->object_at || !sources->object_at(sources->context, index, wait.word, &wait.known))
        wait.known = (struct known_object){0};
    wait.known_as = kind_of_type(wait.known.type);
    choose_kind(&wait, waiting);
    const char *name = wait.call.name ? wait.call.name : call_system_name(sample->call);
    waiting->call = name ? xstrdup(name) : NULL;
    futex_tell_object(&wait, waiting);
    if (wait.known.base != 0 && wait.known.base == waiting->object) {
        waiting->name = wait.known.name;
        wait.known.name = NULL;
    }
    free(wait.known.name);
    free(wait.known.type);
}
