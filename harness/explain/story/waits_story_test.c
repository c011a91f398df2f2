/* The sentences of waits that no other thread's wait explains, and of those that follow from them. */
#include "explain/story/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "explain/story/story_fixture.h"

/* main joins the first of `workers` threads at 66. */
static void crew(struct explanation *e, size_t workers)
{
    *e = (struct explanation){0};
    add_process(e);
    add_thread(e, 0, NULL);
    for (size_t i = 0; i < workers; i++)
        add_thread(e, 0, NULL);
    wait_at(e, 0, FOR_JOIN, NULL, 66);
    if (workers > 0)
        held_by(e, 0, 1, 0);
}

static const char joined[] = "main waits at 66 for thread 2 to end";

static void a_condition_with_its_predicate(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 2);
    struct waiting *waiting = wait_at(&e, 0, FOR_CONDITION, "queue.all_done", 61);
    set_function(&e, 0, "queue_join");
    waiting->object = 0x10;
    waiting->holder_count = 0; /* its holder is released with the array */
    free(waiting->holders);
    waiting->holders = NULL;
    set_text(&waiting->predicate, "queue.unfinished > 0");
    set_text(&waiting->values, "`queue.unfinished` is 1");
    for (size_t i = 1; i <= 2; i++) {
        waiting = wait_at(&e, i, FOR_CONDITION, "queue.not_empty", 43);
        set_function(&e, i, "queue_get");
        waiting->object = 0x20;
        set_text(&waiting->predicate, "queue.head == queue.tail");
        set_text(&waiting->values, "`queue.head` is 4 and `queue.tail` is 4");
    }
    expect_story(&e, true, STUCK_HANG,
                 "main waits at 61 in queue_join for the condition variable `queue.all_done` while "
                 "`queue.unfinished > 0` (`queue.unfinished` is 1); every other thread waits, too, "
                 "so that nobody is left to signal it",
                 "threads 2 and 3 wait at 43 in queue_get for the condition variable "
                 "`queue.not_empty` while `queue.head == queue.tail` (`queue.head` is 4 and "
                 "`queue.tail` is 4)",
                 NULL);
}

static void a_lost_wake_up(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 0);
    struct waiting *waiting = wait_at(&e, 0, FOR_CONDITION, "index_loaded", 40);
    waiting->object = 0x10;
    set_text(&waiting->history,
             "signalled once, at 23 by a thread that has ended, before this wait began");
    expect_story(&e, true, STUCK_HANG,
                 "main waits at 40 for the condition variable `index_loaded`; it was signalled "
                 "once, at 23 by a thread that has ended, before this wait began; no other thread "
                 "is left to signal it",
                 NULL);
}

static void values_that_differ_are_told_of_each(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 2);
    for (size_t i = 1; i <= 2; i++) {
        struct waiting *waiting = wait_at(&e, i, FOR_CONDITION, "delivered", 33);
        waiting->object = 0x10;
        set_text(&waiting->predicate, "baker->rolls == 0");
        set_text(&waiting->values, i == 1 ? "`baker->rolls` is 0" : "`baker->rolls` is 1");
    }
    expect_story(&e, true, STUCK_HANG,
                 "threads 2 and 3 wait at 33 for the condition variable `delivered` while "
                 "`baker->rolls == 0` (thread 2: `baker->rolls` is 0; thread 3: `baker->rolls` is "
                 "1); every other thread waits, too, so that nobody is left to signal it",
                 joined, NULL);
}

/* One wait of thread 2, which main joins. */
struct one_wait {
    const char *name, *call, *note, *who, *told;
    long count, needed;
    enum wait_for what;
    int fd;
    bool uncertain;
};

static const struct one_wait one_waits[] = {
    {.what = FOR_SEMAPHORE,
     .name = "connections",
     .count = 0,
     .told = "thread 2 waits at 40 in f for the semaphore `connections`, whose value is 0; nobody "
             "is left to post it"},
    {.what = FOR_SEMAPHORE,
     .count = -1,
     .told = "thread 2 waits at 40 in f for a semaphore; nobody is left to post it"},
    {.what = FOR_BARRIER,
     .name = "all_measured",
     .count = 3,
     .needed = 4,
     .told = "thread 2 waits at 40 in f for the barrier `all_measured`, where 3 of 4 have arrived; "
             "nobody else is left to come"},
    {.what = FOR_BARRIER,
     .name = "b",
     .count = -1,
     .told = "thread 2 waits at 40 in f for the barrier `b`; nobody else is left to come"},
    {.what = FOR_MUTEX,
     .name = "account",
     .count = -1,
     .who = "a thread that has ended",
     .told = "thread 2 waits at 40 in f for `account`, whose owner, a thread that has ended, took "
             "it at 35 and never unlocked it"},
    {.what = FOR_MUTEX,
     .name = "account",
     .count = -1,
     .who = "a thread of the parent process that fork did not copy",
     .told = "thread 2 waits at 40 in f for `account`, whose owner is a thread of the parent "
             "process that fork did not copy (taken at 35)"},
    {.what = FOR_MUTEX,
     .name = "account",
     .count = -1,
     .note = "the mutex is not locked now",
     .told = "thread 2 waits at 40 in f for `account` (the mutex is not locked now)"},
    {.what = FOR_MUTEX,
     .count = -1,
     .uncertain = true,
     .told = "thread 2 seems to wait at 40 in f for a mutex; its owner is not known"},
    {.what = FOR_WRITE_LOCK,
     .name = "table",
     .count = 2,
     .told = "thread 2 waits at 40 in f for the write lock of `table`, which 2 threads hold for "
             "reading"},
    {.what = FOR_WRITE_LOCK,
     .name = "table",
     .count = 1,
     .told = "thread 2 waits at 40 in f for the write lock of `table`, which 1 thread holds for "
             "reading"},
    {.what = FOR_READ_LOCK,
     .name = "table",
     .count = -1,
     .who = "a thread that has ended",
     .told = "thread 2 waits at 40 in f for the read lock of `table`, whose owner, a thread that "
             "has ended, took it at 35 and never unlocked it"},
    {.what = FOR_ONCE,
     .name = "opened",
     .count = -1,
     .told = "thread 2 waits at 40 in f for the initialiser of `opened`"},
    {.what = FOR_FUTEX,
     .count = -1,
     .told = "thread 2 waits at 40 in f for a futex; nobody is left to wake it"},
    {.what = FOR_JOIN, .count = -1, .told = "thread 2 waits at 40 in f for a thread to end"},
    {.what = FOR_CHILD,
     .count = -1,
     .told = "thread 2 waits at 40 in f for a child process to end"},
    {.what = FOR_CHILD,
     .count = -1,
     .who = "pid 7 (sh)",
     .told = "thread 2 waits at 40 in f for pid 7 (sh) to end"},
    {.what = FOR_DATA,
     .name = "a pipe",
     .fd = 3,
     .count = -1,
     .told = "thread 2 waits at 40 in f for data or end-of-file from a pipe (fd 3)"},
    {.what = FOR_DATA,
     .fd = 3,
     .count = -1,
     .told = "thread 2 waits at 40 in f for data from fd 3"},
    {.what = FOR_DATA,
     .name = "a socket",
     .call = "accept4",
     .fd = 3,
     .count = -1,
     .told = "thread 2 waits at 40 in f for a connection on a socket (fd 3)"},
    {.what = FOR_ROOM,
     .name = "a pipe",
     .fd = 4,
     .count = 65536,
     .needed = 65536,
     .told = "thread 2 waits at 40 in f for room in a pipe (fd 4), which is full (65536 bytes)"},
    {.what = FOR_ROOM,
     .name = "a pipe",
     .fd = 4,
     .count = 65000,
     .needed = 65536,
     .told = "thread 2 waits at 40 in f for room in a pipe (fd 4), which holds 65000 of 65536 "
             "bytes"},
    {.what = FOR_DESCRIPTORS,
     .fd = -1,
     .count = -1,
     .told = "thread 2 waits at 40 in f for a descriptor to become ready"},
    {.what = FOR_DESCRIPTORS,
     .fd = 5,
     .count = -1,
     .told = "thread 2 waits at 40 in f for fd 5 to become ready"},
    {.what = FOR_FILE_LOCK,
     .name = "/tmp/x",
     .fd = 3,
     .count = -1,
     .who = "pid 812 (nginx)",
     .told = "thread 2 waits at 40 in f for the file lock on `/tmp/x` (fd 3), whose owner is pid "
             "812 (nginx)"},
    {.what = FOR_SIGNAL,
     .count = -1,
     .told = "thread 2 waits at 40 in f for a signal; nobody is left to send it"},
    {.what = FOR_UNKNOWN,
     .count = -1,
     .note = "its system call cannot be read",
     .told = "thread 2 is asleep at 40 in f for an unknown reason (its system call cannot be "
             "read)"},
    {.what = FOR_TIME, .count = -1, .told = "thread 2 sleeps at 40 in f"},
    {.what = FOR_NOTHING, .count = -1, .told = "thread 2 runs at 40 in f"},
};

static void every_kind_of_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof one_waits / sizeof one_waits[0]; i++) {
        const struct one_wait *one = &one_waits[i];
        struct explanation e;
        crew(&e, 1);
        struct waiting *waiting = wait_at(&e, 1, one->what, one->name, 40);
        set_function(&e, 1, "f");
        waiting->object = 0x10;
        waiting->fd = one->fd ? one->fd : -1;
        waiting->count = one->count;
        waiting->needed = one->needed ? one->needed : -1;
        waiting->certain = !one->uncertain;
        set_text(&waiting->call, one->call);
        set_text(&waiting->note, one->note);
        if (one->who)
            held_by_who(&e, 1, one->who, 35);
        expect_story(&e, true, STUCK_HANG, one->told, joined, NULL);
    }
}

static void a_place_that_is_not_known(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 0);
    wait_at(&e, 0, FOR_SIGNAL, NULL, 0);
    set_function(&e, 0, "run");
    expect_story(&e, true, STUCK_HANG, "main waits in run for a signal; nobody is left to send it",
                 NULL);
    crew(&e, 0);
    e.threads[0].own = NO_INDEX;
    expect_story(&e, true, STUCK_HANG, "main waits at an unknown place for a thread to end", NULL);
    crew(&e, 0);
    e.threads[0].stopped = true;
    expect_story(&e, true, STUCK_HANG, "main is stopped at 66", NULL);
}

static void a_follower_of_a_follower(void **state)
{
    (void)state;
    struct explanation e;
    crew(&e, 3);
    wait_at(&e, 1, FOR_MUTEX, "log", 22)->object = 0x10;
    held_by(&e, 1, 2, 31);
    wait_at(&e, 2, FOR_SEMAPHORE, "go", 32)->count = 0;
    wait_at(&e, 3, FOR_WRITE_LOCK, "table", 50)->count = 2;
    held_by(&e, 3, 1, 0);
    held_by(&e, 3, 2, 0);
    expect_story(
        &e, true, STUCK_HANG,
        "thread 3 waits at 32 for the semaphore `go`, whose value is 0; nobody is left to "
        "post it",
        "main waits at 66 for thread 2 to end; thread 2 waits at 22 for `log`, which "
        "thread 3 holds (taken at 31); thread 4 waits at 50 for the write lock of `table`, "
        "which thread 2 and thread 3 hold for reading",
        NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_with_its_predicate),
        cmocka_unit_test(a_lost_wake_up),
        cmocka_unit_test(values_that_differ_are_told_of_each),
        cmocka_unit_test(every_kind_of_wait),
        cmocka_unit_test(a_place_that_is_not_known),
        cmocka_unit_test(a_follower_of_a_follower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
