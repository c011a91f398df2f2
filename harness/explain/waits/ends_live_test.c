/* Descriptors, in processes that hang. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/waits/live_support.h"
#include "model/memory.h"

#define COUNT(calls) (sizeof(calls) / sizeof *(calls))

static char path[64]; /* of a file, FIFO or socket in a new folder */
static char folder[32];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/racelab-wait-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/it", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void require(bool done)
{
    if (!done)
        _exit(2);
}

static void new_pipe(void)
{
    require(pipe((int *)live_shared->fd) == 0);
}

/* The child closes both ends, the grandchild keeps the end for writing. */
static void reads_own_pipe(void)
{
    char byte;
    new_pipe();
    if (live_fork() == 0) {
        close(live_shared->fd[0]);
        live_pause();
    }
    if (live_fork() == 0) {
        close(live_shared->fd[0]);
        close(live_shared->fd[1]);
        live_pause();
    }
    (void)!read(live_shared->fd[0], &byte, 1);
}

static void pipe_end_kept(void **state)
{
    static const long calls[] = {SYS_read, SYS_pause, SYS_pause};
    static const char *const frames[][LIVE_FRAMES] = {{"__GI___libc_read", "main"}, {NULL}, {NULL}};
    struct live live;
    (void)state;
    live_start(&live, reads_own_pipe, calls, COUNT(calls));
    live_tell(&live, frames);
    const struct waiting *waiting = live_waiting(&live, 0);
    assert_int_equal(waiting->what, FOR_DATA);
    assert_string_equal(waiting->call, "read");
    assert_string_equal(waiting->name, "a pipe");
    assert_int_equal(waiting->fd, live_shared->fd[0]);
    assert_int_equal(waiting->count, 0);
    assert_int_equal(waiting->needed, 65536);
    assert_true(waiting->certain && !waiting->limited);
    assert_int_equal(waiting->holder_count, 2);
    live_check_holder(&live, 0, 0, NO_INDEX, 0, live_shared->fd[1]);
    live_check_holder(&live, 0, 1, NO_INDEX, 1, live_shared->fd[1]);
    live_end(&live);
}

static void fills_pipe(void)
{
    static char page[4096];
    new_pipe();
    if (live_fork() == 0) {
        close(live_shared->fd[1]);
        live_pause();
    }
    close(live_shared->fd[0]);
    for (;;)
        (void)!write(live_shared->fd[1], page, sizeof page);
}

static void pipe_full(void **state)
{
    static const long calls[] = {SYS_write, SYS_pause};
    struct live live;
    (void)state;
    live_start(&live, fills_pipe, calls, COUNT(calls));
    live_tell(&live, NULL);
    const struct waiting *waiting = live_waiting(&live, 0);
    assert_int_equal(waiting->what, FOR_ROOM);
    assert_int_equal(waiting->count, 65536);
    assert_int_equal(waiting->needed, 65536);
    assert_int_equal(waiting->holder_count, 1);
    live_check_holder(&live, 0, 0, NO_INDEX, 1, live_shared->fd[0]);
    live_end(&live);
}

static int outside[2];

static void reads_from_outside(void)
{
    char byte;
    close(outside[1]);
    (void)!read(outside[0], &byte, 1);
}

static void held_outside(void **state)
{
    static const long calls[] = {SYS_read};
    struct proc_process self;
    struct live live;
    (void)state;
    assert_int_equal(pipe2(outside, O_CLOEXEC), 0);
    live_start(&live, reads_from_outside, calls, COUNT(calls));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 0)->holder_count, 1);
    assert_int_equal(proc_process_read(getpid(), &self), 0);
    char *who = xasprintf("pid %d (%s)", (int)getpid(), self.name);
    live_check_who(&live, 0, 0, who);
    free(who);
    live_end(&live);
    close(outside[0]);
    close(outside[1]);
}

static void opens_fifo(void)
{
    require(mkfifo(path, 0600) == 0);
    (void)!open(path, O_RDONLY);
}

static void reads_fifo(void)
{
    char byte;
    require(mkfifo(path, 0600) == 0);
    int fd = open(path, O_RDWR);
    (void)!read(fd, &byte, 1);
}

static void fifos(void **state)
{
    static const long opening[] = {SYS_openat};
    static const long reading[] = {SYS_read};
    struct live live;
    char *name = xasprintf("the FIFO %s", path);
    (void)state;
    live_start(&live, opens_fifo, opening, COUNT(opening));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 0)->what, FOR_DATA);
    assert_string_equal(live_waiting(&live, 0)->name, name);
    assert_int_equal(live_waiting(&live, 0)->holder_count, 0);
    /* It was not woken by being looked at. */
    struct proc_thread after;
    assert_int_equal(proc_read_thread(live.root, live.root, &after), 0);
    assert_int_equal(after.switches, live.samples[0].switches);
    live_end(&live);
    unlink(path);
    live_start(&live, reads_fifo, reading, COUNT(reading));
    live_tell(&live, NULL);
    assert_string_equal(live_waiting(&live, 0)->name, name);
    assert_int_equal(live_waiting(&live, 0)->holder_count, 1);
    live_check_holder(&live, 0, 0, NO_INDEX, 0, live_waiting(&live, 0)->fd);
    live_end(&live);
    free(name);
}

static void polls(void)
{
    new_pipe();
    live_shared->fd[2] = eventfd(0, 0);
    struct pollfd polled[] = {{.fd = live_shared->fd[0], .events = POLLIN},
                              {.fd = -1},
                              {.fd = live_shared->fd[2], .events = POLLIN}};
    poll(polled, 3, -1);
}

static void selects(void)
{
    fd_set set;
    new_pipe();
    FD_ZERO(&set);
    FD_SET(live_shared->fd[0], &set);
    select(live_shared->fd[0] + 1, &set, NULL, NULL, NULL);
}

static void watches(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    new_pipe();
    int watch = epoll_create1(0);
    require(epoll_ctl(watch, EPOLL_CTL_ADD, live_shared->fd[0], &event) == 0);
    epoll_wait(watch, &event, 1, -1);
}

static void several_descriptors(void **state)
{
    static void (*const bodies[])(void) = {polls, selects, watches};
#ifdef SYS_poll
    static const long calls[] = {SYS_poll, SYS_pselect6, SYS_epoll_wait};
#else
    static const long calls[] = {SYS_ppoll, SYS_pselect6, SYS_epoll_pwait};
#endif
    struct live live;
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        live_start(&live, bodies[i], &calls[i], 1);
        live_tell(&live, NULL);
        const struct waiting *waiting = live_waiting(&live, 0);
        char *both = xasprintf("a pipe (fd %d) and an eventfd (fd %d)", live_shared->fd[0],
                               live_shared->fd[2]);
        assert_int_equal(waiting->what, FOR_DESCRIPTORS);
        assert_false(waiting->limited);
        assert_string_equal(waiting->name, i == 0 ? both : "a pipe");
        assert_int_equal(waiting->fd, i == 0 ? -1 : live_shared->fd[0]);
        assert_int_equal(waiting->holder_count, 1);
        live_check_holder(&live, 0, 0, NO_INDEX, 0, live_shared->fd[1]);
        live_end(&live);
        free(both);
    }
}

static void reads_timer(void)
{
    const struct itimerspec hour = {.it_value = {.tv_sec = 3600}};
    uint64_t times;
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(timer, 0, live_shared->step ? &hour : &(struct itimerspec){0}, NULL);
    (void)!read(timer, &times, sizeof times);
}

static void reads_armed_timer(void)
{
    live_shared->step = 1;
    reads_timer();
}

static void timer_descriptors(void **state)
{
    static const long calls[] = {SYS_read};
    struct live live;
    (void)state;
    for (int armed = 0; armed < 2; armed++) {
        live_start(&live, armed ? reads_armed_timer : reads_timer, calls, COUNT(calls));
        live_tell(&live, NULL);
        assert_string_equal(live_waiting(&live, 0)->name, "a timer descriptor");
        assert_int_equal(live_waiting(&live, 0)->limited, armed);
        live_end(&live);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pipe_end_kept), TEST(pipe_full),           TEST(held_outside),
        TEST(fifos),         TEST(several_descriptors), TEST(timer_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
