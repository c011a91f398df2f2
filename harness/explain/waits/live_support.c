#include "explain/waits/live_support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/waits/file_lock.h"
#include "model/memory.h"
#include "supervise/proc.h"

/* Above what any body needs, also on a busy machine: reaching it is a failure. */
enum { SETTLE_MS = 60000 };

struct live_shared *live_shared;
const struct live_object *live_objects;

static bool read_memory(void *context, pid_t pid, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    return proc_read_memory(pid, address, buffer, length);
}

static bool object_at(void *context, size_t thread, uint64_t address, struct known_object *object)
{
    (void)context;
    (void)thread;
    for (const struct live_object *known = live_objects; known && known->base; known++) {
        uint64_t base = (uintptr_t)known->base;
        if (address < base || address >= base + known->size)
            continue;
        *object = (struct known_object){base, xstrdup(known->name), xstrdup(known->type)};
        return true;
    }
    return false;
}

void live_pause(void)
{
    for (;;)
        pause();
}

pid_t live_fork(void)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        _exit(2);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    }
    return child;
}

pthread_t live_thread(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, argument) != 0)
        _exit(2);
    return thread;
}

static void add_process(struct explanation *explanation, const struct proc_process *process)
{
    struct stuck_process *added =
        xappend((void **)&explanation->processes, &explanation->process_count, sizeof *added);
    *added = (struct stuck_process){.pid = process->pid, .parent = NO_INDEX};
    for (size_t i = 0; i + 1 < explanation->process_count; i++)
        if (explanation->processes[i].pid == process->parent)
            added->parent = i;
}

static void add_threads(struct live *live, size_t process)
{
    struct explanation *explanation = &live->explanation;
    pid_t *tids = NULL;
    size_t count = 0;
    pid_t pid = explanation->processes[process].pid;
    if (proc_list_threads(pid, &tids, &count) < 0)
        return;
    for (size_t i = 0; i < count && explanation->thread_count < LIVE_MOST; i++) {
        struct proc_thread sample;
        if (proc_read_thread(pid, tids[i], &sample) < 0 || sample.state == 'Z' ||
            sample.state == 'X')
            continue;
        live->samples[explanation->thread_count] = sample;
        struct stuck_thread *added =
            xappend((void **)&explanation->threads, &explanation->thread_count, sizeof *added);
        *added = (struct stuck_thread){.process = process, .tid = tids[i], .own = NO_INDEX};
    }
    free(tids);
}

/* Reads the tree as it is now. */
static void scan(struct live *live)
{
    struct proc_table table;
    explanation_release(&live->explanation);
    assert_int_equal(proc_table_read(&table), 0);
    bool *member = xcalloc(table.count, sizeof *member);
    proc_table_descendants(&table, live->root, member);
    for (size_t i = 0; i < table.count; i++)
        if ((member[i] || table.processes[i].pid == live->root) &&
            proc_process_alive(&table.processes[i]))
            add_process(&live->explanation, &table.processes[i]);
    free(member);
    proc_table_release(&table);
    for (size_t i = 0; i < live->explanation.process_count; i++)
        add_threads(live, i);
}

static bool as_expected(const struct live *live, const long *calls, size_t count)
{
    if (live->explanation.thread_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (live->samples[i].state != 'S' || live->samples[i].call != calls[i])
            return false;
    return true;
}

/* Two readings alike show that every thread slept in its call all the while between them. */
static bool unchanged(const struct live *live, const struct proc_thread *before, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (live->samples[i].tid != before[i].tid ||
            live->samples[i].switches != before[i].switches)
            return false;
    return true;
}

/* Ends all that a body left, or a test that failed before, and waits for it: a process that has not
 * quite ended still has its locks. */
static void end_all(void)
{
    struct proc_table table;
    do {
        assert_int_equal(proc_table_read(&table), 0);
        bool *member = xcalloc(table.count, sizeof *member);
        proc_table_descendants(&table, getpid(), member);
        for (size_t i = 0; i < table.count; i++)
            if (member[i])
                kill(table.processes[i].pid, SIGKILL);
        free(member);
        proc_table_release(&table);
    } while (waitpid(-1, NULL, 0) > 0);
}

void live_start(struct live *live, void (*body)(void), const long *calls, size_t count)
{
    struct proc_thread before[LIVE_MOST];
    const struct timespec millisecond = {.tv_nsec = 1000000};
    *live = (struct live){.sources = {.read = read_memory, .object_at = object_at, .glibc = true}};
    if (!live_shared)
        live_shared = mmap(NULL, sizeof *live_shared, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(live_shared != MAP_FAILED);
    memset(live_shared, 0, sizeof *live_shared);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    end_all();
    live->root = live_fork();
    if (live->root == 0) {
        body();
        _exit(1);
    }
    bool settled = false;
    for (int i = 0; i < SETTLE_MS && !settled; i++) {
        scan(live);
        settled = as_expected(live, calls, count);
        if (settled) {
            memcpy(before, live->samples, sizeof before);
            scan(live);
            settled = as_expected(live, calls, count) && unchanged(live, before, count);
        }
        if (!settled)
            nanosleep(&millisecond, NULL);
    }
    if (!settled) {
        for (size_t i = 0; i < live->explanation.thread_count; i++)
            print_message("%d/%d: %c, call %ld\n", live->samples[i].pid, live->samples[i].tid,
                          live->samples[i].state, live->samples[i].call);
        live_end(live);
        fail_msg("the threads do not wait as they should");
    }
}

void live_tell(struct live *live, const char *const (*frames)[LIVE_FRAMES])
{
    for (size_t i = 0; i < live->explanation.thread_count; i++) {
        struct stuck_thread *thread = &live->explanation.threads[i];
        for (size_t f = 0; frames && f < LIVE_FRAMES && frames[i][f]; f++) {
            struct place *added =
                xappend((void **)&thread->frames, &thread->frame_count, sizeof *added);
            *added = (struct place){.function = xstrdup(frames[i][f])};
        }
    }
    char *locks = file_locks_read();
    live->sources.locks = locks;
    for (size_t i = 0; i < live->explanation.thread_count; i++)
        wait_tell(&live->explanation, i, &live->samples[i], &live->sources);
    live->sources.locks = NULL;
    free(locks);
}

const struct waiting *live_waiting(const struct live *live, size_t thread)
{
    assert_true(thread < live->explanation.thread_count);
    return &live->explanation.threads[thread].waiting;
}

void live_end(struct live *live)
{
    end_all();
    explanation_release(&live->explanation);
}

void live_check_holder(const struct live *live, size_t thread, size_t at, size_t holder,
                       size_t process, int fd)
{
    const struct waiting *waiting = live_waiting(live, thread);
    assert_true(at < waiting->holder_count);
    assert_int_equal(waiting->holders[at].thread, holder);
    assert_int_equal(waiting->holders[at].process, process);
    assert_int_equal(waiting->holders[at].fd, fd);
    assert_null(waiting->holders[at].who);
}

void live_check_who(const struct live *live, size_t thread, size_t at, const char *who)
{
    const struct waiting *waiting = live_waiting(live, thread);
    assert_true(at < waiting->holder_count);
    assert_int_equal(waiting->holders[at].thread, NO_INDEX);
    assert_int_equal(waiting->holders[at].process, NO_INDEX);
    assert_string_equal(waiting->holders[at].who, who);
}
