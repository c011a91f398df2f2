/* Asked about this process itself. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/objects.h"
#include "supervise/outside.h"

static struct proc_process self;
static bool is_member;
static struct proc_table table = {&self, 1};
static struct served_pipe served;
static struct object_context context = {
    .table = &table, .member = &is_member, .served = &served, .served_count = 1};

static int set_up(void **state)
{
    (void)state;
    is_member = true;
    served = (struct served_pipe){0};
    context.pid = context.tid = getpid();
    return proc_process_read(getpid(), &self);
}

static bool inside(int fd)
{
    return objects_world(&context).fd_inside(&context, fd);
}

static void pipes(void **state)
{
    int ends[2];
    struct stat status;
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_true(inside(ends[0]) && inside(ends[1]));
    assert_int_equal(fstat(ends[0], &status), 0);
    served = (struct served_pipe){.device = status.st_dev, .inode = status.st_ino};
    assert_false(inside(ends[0]) || inside(ends[1]));
    close(ends[0]);
    assert_false(inside(ends[0]));
    close(ends[1]);
}

static void sockets(void **state)
{
    int ends[2];
    const struct timeval limit = {1, 0};
    const struct timeval none = {0, 0};
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_true(inside(ends[0]));
    is_member = false; /* its peer is this process, and that is alive and outside now */
    assert_false(inside(ends[0]));
    is_member = true;
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    assert_false(inside(ends[0]));
    assert_true(inside(ends[1]));
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none);
    assert_true(inside(ends[0]));
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    assert_false(inside(ends[0]));
    close(ends[0]);
    close(ends[1]);
    int internet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(internet >= 0);
    assert_false(inside(internet));
    close(internet);
}

static void other_descriptors(void **state)
{
    sigset_t set;
    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    int event = eventfd(0, EFD_CLOEXEC);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    sigaddset(&set, SIGALRM);
    int alarms = signalfd(-1, &set, SFD_CLOEXEC);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(inside(event));
    assert_true(inside(signals));
    assert_false(inside(alarms));
    assert_false(inside(timer));
    assert_false(inside(null));
    assert_false(inside(-1));
    close(event);
    close(timer);
    close(signals);
    close(alarms);
    close(null);
}

static void epolls(void **state)
{
    const struct wait_world world = objects_world(&context);
    struct epoll_event wanted = {.events = EPOLLIN};
    int ends[2];
    (void)state;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_true(world.epoll_inside(&context, fd));
    epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &wanted);
    assert_true(world.epoll_inside(&context, fd));
    assert_false(inside(fd));
    epoll_ctl(fd, EPOLL_CTL_ADD, timer, &wanted);
    assert_false(world.epoll_inside(&context, fd));
    epoll_ctl(fd, EPOLL_CTL_DEL, timer, &wanted);
    assert_true(world.epoll_inside(&context, fd));
    /* The number names another pipe now, and what is watched cannot be told any more. */
    int kept = dup(ends[0]);
    int others[2];
    assert_int_equal(pipe2(others, O_CLOEXEC), 0);
    assert_int_equal(dup2(others[0], ends[0]), ends[0]);
    assert_false(world.epoll_inside(&context, fd));
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(others[i]);
    }
    close(kept);
    close(timer);
    close(fd);
}

static void fifos(void **state)
{
    const struct wait_world world = objects_world(&context);
    char directory[] = "/tmp/racelab-fifo-XXXXXX";
    char path[64];
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/line", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(world.fifo_at(&context, AT_FDCWD, (uint64_t)(uintptr_t)path));
    assert_true(world.fifo_at(&context, dir, (uint64_t)(uintptr_t) "line"));
    assert_false(world.fifo_at(&context, AT_FDCWD, (uint64_t)(uintptr_t) "line"));
    assert_false(world.fifo_at(&context, AT_FDCWD, (uint64_t)(uintptr_t)directory));
    assert_false(world.fifo_at(&context, AT_FDCWD, 8));
    close(dir);
    unlink(path);
    rmdir(directory);
}

static void memory(void **state)
{
    const struct wait_world world = objects_world(&context);
    const uint64_t there = 0x1234567890abcdef;
    uint64_t copy = 0;
    (void)state;
    assert_true(world.read(&context, (uint64_t)(uintptr_t)&there, &copy, sizeof copy));
    assert_true(copy == there);
    assert_false(world.read(&context, 8, &copy, sizeof copy));
}

static void requests(void **state)
{
    aio_context_t queue = 0;
    (void)state;
    assert_false(outside_has_requests(getpid()));
    assert_true(outside_has_requests(-1)); /* cannot be told */
    assert_int_equal(syscall(SYS_io_setup, 1, &queue), 0);
    assert_true(outside_has_requests(getpid()));
    assert_int_equal(syscall(SYS_io_destroy, queue), 0);
    assert_false(outside_has_requests(getpid()));
}

static void timers(void **state)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    (void)state;
    assert_false(objects_timers(getpid()));
    assert_true(objects_timers(-1)); /* cannot be told */
    assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    assert_true(objects_timers(getpid()));
    timer_delete(timer);
    assert_false(objects_timers(getpid()));
}

/* A process that the supervisor has not begun may share what it has with any other. */
static void strangers(void **state)
{
    struct proc_process processes[2] = {self};
    const bool members[2] = {true, false};
    const struct proc_table both = {processes, 2};
    struct object_context strange = {
        .pid = getpid(), .tid = getpid(), .table = &both, .member = members, .strangers = true};
    const struct wait_world world = objects_world(&strange);
    int ends[2];
    int status;
    static int own;
    (void)state;
    assert_false(world.alone);
    assert_true(objects_world(&context).alone);
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    assert_true(world.futex_inside(&strange, (uint64_t)(uintptr_t)&own));
    assert_false(world.futex_inside(&strange, (uint64_t)(uintptr_t)shared));
    assert_false(world.futex_inside(&strange, 8));
    assert_true(objects_world(&context).futex_inside(&context, (uint64_t)(uintptr_t)shared));
    munmap(shared, 4096);

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        for (;;)
            pause();
    assert_int_equal(proc_process_read(child, &processes[1]), 0);
    assert_false(world.fd_inside(&strange, ends[0]));
    assert_true(inside(ends[0]));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(world.fd_inside(&strange, ends[0]));
    int event = eventfd(0, EFD_CLOEXEC);
    assert_false(world.fd_inside(&strange, event));
    close(event);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pipes, set_up),
        cmocka_unit_test_setup(sockets, set_up),
        cmocka_unit_test_setup(epolls, set_up),
        cmocka_unit_test_setup(other_descriptors, set_up),
        cmocka_unit_test_setup(fifos, set_up),
        cmocka_unit_test_setup(memory, set_up),
        cmocka_unit_test_setup(timers, set_up),
        cmocka_unit_test_setup(requests, set_up),
        cmocka_unit_test_setup(strangers, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
