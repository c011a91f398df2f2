/* Stories over several processes. */
#include "explain/story/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/story/story_fixture.h"

/* Processes with that many threads each; 0 ends the list. */
static void tree(struct explanation *e, ...)
{
    *e = (struct explanation){0};
    va_list args;
    va_start(args, e);
    for (int count; (count = va_arg(args, int)) > 0;) {
        size_t process = add_process(e);
        for (int i = 0; i < count; i++)
            add_thread(e, process, NULL);
    }
    va_end(args);
}

/* The thread waits for this process to end. */
static void wait_child(struct explanation *e, size_t thread, size_t process, int line)
{
    wait_at(e, thread, FOR_CHILD, NULL, line);
    open_in(e, thread, process, -1);
}

static struct waiting *pipe_at(struct explanation *e, size_t thread, enum wait_for what, int fd,
                               int line)
{
    struct waiting *waiting = wait_at(e, thread, what, "a pipe", line);
    waiting->fd = fd;
    return waiting;
}

static void a_write_end_kept_open_by_the_reader(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 1, 1, 0);
    wait_child(&e, 0, 1, 57);
    pipe_at(&e, 1, FOR_DATA, 3, 29);
    set_function(&e, 1, "count_lines");
    open_in(&e, 1, 1, 4);
    expect_story(&e, true, STUCK_HANG,
                 "process 2 waits at 29 in count_lines for data or end-of-file from a pipe (fd 3); "
                 "its write end is still open in this process itself (fd 4)",
                 "main waits at 57 for process 2 to end", NULL);
}

static void a_write_end_kept_open_by_the_parent(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 1, 1, 0);
    wait_child(&e, 0, 1, 57);
    pipe_at(&e, 1, FOR_DATA, 3, 29);
    open_in(&e, 1, 0, 4);
    open_in(&e, 1, 1, 4);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: main waits at 57 for process 2 to end; process 2 waits at 29 for data "
                 "or end-of-file from a pipe (fd 3), whose write end main has open (fd 4)",
                 NULL);
}

static void a_full_pipe_and_a_reader_that_waits_for_the_writer(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 1, 1, 0);
    wait_child(&e, 0, 1, 57);
    struct waiting *waiting = pipe_at(&e, 1, FOR_ROOM, 4, 30);
    waiting->count = waiting->needed = 65536;
    open_in(&e, 1, 0, 3);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: main waits at 57 for process 2 to end; process 2 waits at 30 for room "
                 "in a pipe (fd 4), which is full (65536 bytes) and whose read end main has open "
                 "(fd 3)",
                 NULL);
}

static void each_process_reads_before_it_writes(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 2, 2, 0);
    wait_at(&e, 0, FOR_JOIN, NULL, 60);
    held_by(&e, 0, 1, 0);
    pipe_at(&e, 1, FOR_DATA, 3, 20);
    open_in(&e, 1, 1, 4);
    pipe_at(&e, 2, FOR_DATA, 5, 30);
    open_in(&e, 2, 0, 6);
    wait_at(&e, 3, FOR_SIGNAL, NULL, 70);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: thread 2 waits at 20 for data or end-of-file from a pipe (fd 3), whose "
                 "write end process 2 has open (fd 4); main of process 2 waits at 30 for data or "
                 "end-of-file from a pipe (fd 5), whose write end process 1 has open (fd 6)",
                 "thread 2 of process 2 waits at 70 for a signal; nobody is left to send it",
                 "main waits at 60 for thread 2 to end", NULL);
}

static void a_reader_whose_writer_waits(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 1, 1, 1, 0);
    wait_at(&e, 0, FOR_CHILD, NULL, 57);
    open_in(&e, 0, 1, -1);
    open_in(&e, 0, 2, -1);
    pipe_at(&e, 1, FOR_DATA, 3, 29);
    open_in(&e, 1, 2, 4);
    wait_at(&e, 2, FOR_SEMAPHORE, "go", 40)->count = 0;
    expect_story(&e, true, STUCK_HANG,
                 "process 3 waits at 40 for the semaphore `go`, whose value is 0; nobody is left "
                 "to post it",
                 "main waits at 57 for a child process to end; process 2 waits at 29 for data or "
                 "end-of-file from a pipe (fd 3), whose write end process 3 has open (fd 4)",
                 NULL);
}

static void locks_across_processes(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 1, 1, 0);
    wait_at(&e, 0, FOR_MUTEX, "shared->to", 20)->object = 0x10;
    held_by(&e, 0, 1, 29);
    wait_at(&e, 1, FOR_FILE_LOCK, "/tmp/x", 30)->fd = 3;
    open_in(&e, 1, 0, -1);
    expect_story(&e, true, STUCK_DEADLOCK,
                 "deadlock: main waits for `shared->to` at 20; process 2 holds `shared->to` (taken "
                 "at 29) and waits for the file lock on `/tmp/x` (fd 3) at 30, which main holds",
                 NULL);
    /* The same shared semaphore in two processes is one. */
    tree(&e, 1, 1, 0);
    for (size_t i = 0; i < 2; i++) {
        struct waiting *waiting = wait_at(&e, i, FOR_SEMAPHORE, NULL, 20);
        waiting->object = 0x10;
        waiting->count = 0;
    }
    expect_story(&e, true, STUCK_HANG,
                 "main and process 2 wait at 20 for a semaphore, whose value is 0; nobody is left "
                 "to post it",
                 NULL);
}

static void what_processes_share_and_what_not(void **state)
{
    (void)state;
    struct explanation e;
    tree(&e, 1, 1, 1, 0);
    wait_at(&e, 0, FOR_SIGNAL, NULL, 57);
    for (size_t i = 1; i <= 2; i++) { /* each keeps its own write end open, too */
        pipe_at(&e, i, FOR_DATA, 3, 29);
        open_in(&e, i, 1, 4);
        open_in(&e, i, 2, 4);
    }
    expect_story(
        &e, true, STUCK_DEADLOCK,
        "deadlock: process 2 waits at 29 for data or end-of-file from a pipe (fd 3), whose "
        "write end process 3 has open (fd 4); process 3 waits at 29 for data or "
        "end-of-file from a pipe (fd 3), whose write end process 2 has open (fd 4)",
        "main waits at 57 for a signal; nobody is left to send it", NULL);
    tree(&e, 1, 1, 1, 0);
    wait_at(&e, 0, FOR_SIGNAL, NULL, 57);
    for (size_t i = 1; i <= 2; i++) {
        pipe_at(&e, i, FOR_DATA, 3, 29);
        open_in(&e, i, 0, 4);
        open_in(&e, i, 1, 4);
    }
    expect_story(&e, true, STUCK_HANG, "main waits at 57 for a signal; nobody is left to send it",
                 "process 2 waits at 29 for data or end-of-file from a pipe (fd 3); its write end "
                 "is still open in main (fd 4) and this process itself (fd 4); process 3 waits at "
                 "29 for data or "
                 "end-of-file from a pipe (fd 3); its write end is still open in main (fd 4) and "
                 "process 2 (fd 4)",
                 NULL);
    tree(&e, 1, 1, 1, 0);
    wait_at(&e, 0, FOR_SIGNAL, NULL, 57);
    for (size_t i = 1; i <= 2; i++) {
        pipe_at(&e, i, FOR_DATA, 3, 29);
        open_in(&e, i, 0, 4);
    }
    expect_story(&e, true, STUCK_HANG, "main waits at 57 for a signal; nobody is left to send it",
                 "process 2 and process 3 wait at 29 for data or end-of-file from a pipe (fd 3), "
                 "whose write end main has open (fd 4)",
                 NULL);
    /* The same address in two processes, and two names: two objects. */
    tree(&e, 1, 1, 0);
    wait_at(&e, 0, FOR_FUTEX, "a", 20)->object = 0x10;
    wait_at(&e, 1, FOR_FUTEX, "b", 20)->object = 0x10;
    expect_story(&e, true, STUCK_HANG,
                 "main waits at 20 for the futex `a`; nobody is left to wake it",
                 "process 2 waits at 20 for the futex `b`", NULL);
    /* Nor is what is not known the same in both. */
    tree(&e, 1, 2, 0);
    for (size_t i = 0; i < 3; i++)
        wait_at(&e, i, FOR_SEMAPHORE, NULL, 20);
    expect_story(&e, true, STUCK_HANG,
                 "main waits at 20 for a semaphore; nobody is left to post it",
                 "main of process 2 and thread 2 of process 2 wait at 20 for a semaphore", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_end_kept_open_by_the_reader),
        cmocka_unit_test(a_write_end_kept_open_by_the_parent),
        cmocka_unit_test(a_full_pipe_and_a_reader_that_waits_for_the_writer),
        cmocka_unit_test(each_process_reads_before_it_writes),
        cmocka_unit_test(a_reader_whose_writer_waits),
        cmocka_unit_test(locks_across_processes),
        cmocka_unit_test(what_processes_share_and_what_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
