/* What tells that something of a tree ran that is in no list of its threads. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/test_support.h"
#include "supervise/tree_scan.h"

static void on_signal(int number)
{
    (void)number;
}

/* Waits for itself; a signal has it run for a moment. */
static void block(void)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    sigaction(SIGUSR1, &action, NULL);
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
    _exit(1);
}

/* The pulse of a tree in which all wait; scans until they do. `keeper` or `root` is 0. */
static uint64_t pulse(pid_t keeper, pid_t root)
{
    const struct timespec moment = {0, 1000000};
    struct tree_scan scan;
    uint64_t found;
    do {
        struct proc_table table;
        nanosleep(&moment, NULL);
        assert_int_equal(proc_table_read(&table), 0);
        if (keeper)
            tree_scan_read(&table, keeper, NULL, 0, NULL, &scan);
        else
            tree_scan_read_strange(&table, root, NULL, &scan);
        found = scan.pulse;
        tree_scan_release(&scan);
        proc_table_release(&table);
    } while (found == 0);
    return found;
}

static pid_t blocked_child(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        block();
    return child;
}

static void end_child(pid_t child)
{
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void stands_still(void **state)
{
    pid_t child = blocked_child();
    uint64_t first = pulse(0, child);
    (void)state;
    for (int i = 0; i < 20; i++)
        assert_true(pulse(0, child) == first);
    end_child(child);
}

/* Its thread waits as before, and only the time that was used is another. */
static void beats_when_something_ran(void **state)
{
    pid_t child = blocked_child();
    uint64_t before = pulse(0, child);
    uint64_t ran;
    uint64_t now;
    (void)state;
    assert_int_equal(proc_process_ran(child, &ran), 0);
    kill(child, SIGUSR1);
    do {
        assert_int_equal(proc_process_ran(child, &now), 0);
    } while (now == ran);
    assert_true(pulse(0, child) != before);
    end_child(child);
}

/* Where orphans go to be reaped: this process, which runs all the time. */
static void beats_with_the_keeper(void **state)
{
    pid_t child = blocked_child();
    uint64_t before = pulse(getpid(), 0);
    (void)state;
    assert_true(pulse(getpid(), 0) != before);
    end_child(child);
}

/* One that has ended and is not reaped has no thread, and yet it is new. */
static void beats_with_the_dead(void **state)
{
    int ends[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0) {
        pid_t dead = fork();
        if (dead == 0)
            _exit(0);
        siginfo_t info;
        waitid(P_PID, (id_t)dead, &info, WEXITED | WNOWAIT);
        close(ends[0]);
        close(ends[1]);
        block();
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    pulse(0, parent);
    struct proc_table table;
    struct tree_scan with;
    struct tree_scan without;
    assert_int_equal(proc_table_read(&table), 0);
    tree_scan_read_strange(&table, parent, NULL, &with);
    for (size_t i = 0; i < table.count; i++)
        if (table.processes[i].parent == parent)
            table.processes[i].parent = 0;
    tree_scan_read_strange(&table, parent, NULL, &without);
    assert_int_equal(with.count, without.count);
    assert_true(with.pulse != without.pulse);
    tree_scan_release(&with);
    tree_scan_release(&without);
    proc_table_release(&table);
    end_child(parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_still),
        cmocka_unit_test(beats_when_something_ran),
        cmocka_unit_test(beats_with_the_keeper),
        cmocka_unit_test(beats_with_the_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
