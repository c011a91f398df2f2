#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/proc.h"

static void own_process(void **state)
{
    struct proc_table table;
    struct proc_process once;
    (void)state;
    /* A name that a careless reader of the stat file takes for the fields after it. */
    prctl(PR_SET_NAME, "a) Z 1 (2 b");
    assert_int_equal(proc_table_read(&table), 0);
    const struct proc_process *own = proc_table_find(&table, getpid());
    assert_non_null(own);
    assert_int_equal(own->parent, getppid());
    assert_int_equal(own->group, getpgrp());
    assert_int_equal(own->session, getsid(0));
    assert_int_equal(own->state, 'R');
    assert_int_equal(own->threads, 1);
    assert_string_equal(own->name, "a) Z 1 (2 b");
    assert_int_equal(proc_process_read(getpid(), &once), 0);
    assert_true(once.start == own->start && once.start > 0);
    for (size_t i = 1; i < table.count; i++)
        assert_true(table.processes[i - 1].pid < table.processes[i].pid);
    assert_null(proc_table_find(&table, 0));
    proc_table_release(&table);
    assert_null(proc_table_find(&table, getpid()));
}

static void descendants(void **state)
{
    /* 20 to 23 hang below 10, the last two with pids from after a wrap-around. */
    struct proc_process processes[] = {
        {.pid = 1},
        {.pid = 5, .parent = 7},
        {.pid = 7, .parent = 21},
        {.pid = 10, .parent = 1},
        {.pid = 20, .parent = 10},
        {.pid = 21, .parent = 20},
        {.pid = 30, .parent = 1},
        {.pid = 31, .parent = 30},
    };
    const struct proc_table table = {processes, sizeof processes / sizeof *processes};
    static const bool below_ten[] = {false, true, true, false, true, true, false, false};
    bool member[8] = {false};
    (void)state;
    assert_int_equal(proc_table_descendants(&table, 10, member), 4);
    assert_memory_equal(member, below_ten, sizeof member);

    bool rooted[8] = {false};
    rooted[6] = true;
    assert_int_equal(proc_table_descendants(&table, -1, rooted), 2);
    assert_true(rooted[6] && rooted[7]);
    bool none[8] = {false};
    assert_int_equal(proc_table_descendants(&table, 31, none), 0);
}

static void gone_is_ordinary(void **state)
{
    struct proc_process process;
    struct proc_thread thread;
    pid_t *tids;
    size_t count;
    uint64_t start;
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(proc_process_read(child, &process), 0);
    assert_int_equal(process.state, 'Z');
    assert_false(proc_process_alive(&process));
    assert_int_equal(proc_read_thread(child, child, &thread), 0);
    assert_int_equal(thread.state, 'Z');
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(proc_process_read(child, &process), -ENOENT);
    assert_int_equal(proc_read_thread(child, child, &thread), -ENOENT);
    assert_int_equal(proc_read_switches(child, child, &thread), -ENOENT);
    assert_int_equal(proc_thread_start(child, child, &start), -ENOENT);
    assert_int_equal(proc_list_threads(child, &tids, &count), -ENOENT);
    assert_int_equal(count, 0);
    assert_null(tids);
}

static void alive(void **state)
{
    (void)state;
    assert_true(proc_process_alive(&(struct proc_process){.state = 'S', .threads = 1}));
    assert_true(proc_process_alive(&(struct proc_process){.state = 'T', .threads = 1}));
    assert_true(proc_process_alive(&(struct proc_process){.state = 'Z', .threads = 2}));
    assert_false(proc_process_alive(&(struct proc_process){.state = 'Z', .threads = 1}));
    assert_false(proc_process_alive(&(struct proc_process){.state = 'X', .threads = 1}));
}

struct sleeper {
    int ends[2];
    pid_t tid; /* written before the first byte into `told`, read after it */
    int told[2];
};

static void *sleep_on_pipe(void *arg)
{
    struct sleeper *sleeper = arg;
    char byte;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sleeper->tid = (pid_t)syscall(SYS_gettid);
    (void)!write(sleeper->told[1], "t", 1);
    (void)!read(sleeper->ends[0], &byte, 1);
    (void)!write(sleeper->told[1], "t", 1);
    (void)!read(sleeper->ends[0], &byte, 1);
    return NULL;
}

/* Reads until the thread has fallen asleep in read(). */
static void read_asleep(pid_t tid, struct proc_thread *thread)
{
    do
        assert_int_equal(proc_read_thread(getpid(), tid, thread), 0);
    while (thread->call != SYS_read || thread->state != 'S');
}

static void threads(void **state)
{
    struct sleeper sleeper;
    struct proc_thread first;
    struct proc_thread again;
    pthread_t thread;
    pid_t *tids;
    size_t count;
    char byte;
    uint64_t start;
    (void)state;
    assert_int_equal(pipe(sleeper.ends), 0);
    assert_int_equal(pipe(sleeper.told), 0);
    assert_int_equal(pthread_create(&thread, NULL, sleep_on_pipe, &sleeper), 0);
    assert_int_equal(read(sleeper.told[0], &byte, 1), 1);

    /* A runtime may have added threads of its own in between. */
    assert_int_equal(proc_list_threads(getpid(), &tids, &count), 0);
    assert_true(count >= 2);
    assert_int_equal(tids[0], getpid());
    assert_int_equal(tids[count - 1], sleeper.tid);
    free(tids);

    read_asleep(sleeper.tid, &first);
    assert_int_equal(first.call_error, 0);
    assert_int_equal(first.args[0], sleeper.ends[0]);
    assert_int_equal(first.args[2], 1);
    assert_true(first.stack > 0 && first.memory_kb > 0);
    assert_true(first.blocked >> (SIGUSR1 - 1) & 1);
    assert_int_equal(proc_thread_start(getpid(), sleeper.tid, &start), 0);
    assert_true(start > 0);

    assert_int_equal(proc_read_thread(getpid(), sleeper.tid, &again), 0);
    assert_true(again.switches == first.switches);
    assert_int_equal(write(sleeper.ends[1], "x", 1), 1);
    assert_int_equal(read(sleeper.told[0], &byte, 1), 1);
    read_asleep(sleeper.tid, &again);
    assert_true(again.switches > first.switches);

    assert_int_equal(write(sleeper.ends[1], "x", 1), 1);
    pthread_join(thread, NULL);
    for (int i = 0; i < 2; i++) {
        close(sleeper.ends[i]);
        close(sleeper.told[i]);
    }
}

static void on_alarm(int number)
{
    (void)number;
}

static void caught_signals(void **state)
{
    struct proc_thread own;
    struct sigaction before;
    const struct sigaction caught = {.sa_handler = on_alarm};
    (void)state;
    sigaction(SIGUSR2, &caught, &before);
    assert_int_equal(proc_read_switches(getpid(), getpid(), &own), 0);
    assert_true(own.caught >> (SIGUSR2 - 1) & 1);
    assert_int_equal(own.call, -1);
    sigaction(SIGUSR2, &before, NULL);
}

static void files_are_cut(void **state)
{
    char small[4];
    (void)state;
    assert_int_equal(proc_read_file("/proc/self/stat", small, sizeof small), 3);
    assert_int_equal(small[3], '\0');
    assert_int_equal(proc_read_file("/proc/nowhere", small, sizeof small), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_process),      cmocka_unit_test(descendants),
        cmocka_unit_test(gone_is_ordinary), cmocka_unit_test(alive),
        cmocka_unit_test(threads),          cmocka_unit_test(caught_signals),
        cmocka_unit_test(files_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
