/* File locks and children, in processes that hang. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "explain/waits/live_support.h"

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

/* Two processes that have the file locked, and a third that wants it. */
static void locks_by_flock(void)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    require(flock(fd, LOCK_EX) == 0);
    if (live_fork() == 0)
        live_pause();
    if (live_fork() == 0) {
        close(fd);
        flock(open(path, O_RDWR), LOCK_EX);
    }
    live_shared->fd[0] = fd;
    live_pause();
}

static void locks_itself(void)
{
    live_shared->fd[0] = open(path, O_RDWR | O_CREAT, 0600);
    require(flock(live_shared->fd[0], LOCK_EX) == 0);
    flock(open(path, O_RDWR), LOCK_SH);
}

static void locks_part(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 10};
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    require(fcntl(fd, F_SETLK, &lock) == 0);
    lock.l_start = 100;
    require(fcntl(fd, F_SETLK, &lock) == 0);
    if (live_fork() == 0) {
        lock.l_start = 30;
        require(fcntl(fd, F_SETLK, &lock) == 0);
        live_shared->step = 1;
        live_pause();
    }
    if (live_fork() == 0) {
        while (live_shared->step == 0)
            sched_yield();
        lock.l_start = 35;
        lock.l_type = F_RDLCK;
        fcntl(fd, F_SETLKW, &lock);
    }
    live_pause();
}

static void locks_description(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    live_shared->fd[0] = open(path, O_RDWR | O_CREAT, 0600);
    require(fcntl(live_shared->fd[0], F_OFD_SETLK, &lock) == 0);
    int other = open(path, O_RDWR);
    if (live_fork() == 0) {
        close(live_shared->fd[0]);
        fcntl(other, F_OFD_SETLKW, &lock);
    }
    live_pause();
}

static void file_locks(void **state)
{
    static const long by_flock[] = {SYS_pause, SYS_pause, SYS_flock};
    static const long itself[] = {SYS_flock};
    static const long part[] = {SYS_pause, SYS_pause, SYS_fcntl};
    static const long description[] = {SYS_pause, SYS_fcntl};
    struct live live;
    (void)state;
    live_start(&live, locks_by_flock, by_flock, COUNT(by_flock));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 2)->what, FOR_FILE_LOCK);
    assert_string_equal(live_waiting(&live, 2)->name, path);
    assert_int_equal(live_waiting(&live, 2)->holder_count, 2);
    live_check_holder(&live, 2, 0, NO_INDEX, 0, live_shared->fd[0]);
    live_check_holder(&live, 2, 1, NO_INDEX, 1, live_shared->fd[0]);
    live_end(&live);
    live_start(&live, locks_itself, itself, COUNT(itself));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 0)->holder_count, 1);
    live_check_holder(&live, 0, 0, NO_INDEX, 0, live_shared->fd[0]);
    live_end(&live);
    live_start(&live, locks_part, part, COUNT(part));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 2)->holder_count, 1);
    live_check_holder(&live, 2, 0, NO_INDEX, 1, -1);
    live_end(&live);
    live_start(&live, locks_description, description, COUNT(description));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 1)->holder_count, 1);
    live_check_holder(&live, 1, 0, NO_INDEX, 0, live_shared->fd[0]);
    live_end(&live);
}

static void waits_for_any(void)
{
    for (int i = 0; i < 2; i++)
        if (live_fork() == 0)
            live_pause();
    wait(NULL);
}

static void waits_for_one(void)
{
    pid_t children[2];
    for (int i = 0; i < 2; i++)
        if ((children[i] = live_fork()) == 0)
            live_pause();
    waitpid(children[1], NULL, 0);
}

static void waits_for_group(void)
{
    siginfo_t info;
    pid_t children[2];
    for (int i = 0; i < 2; i++)
        if ((children[i] = live_fork()) == 0)
            live_pause();
    require(setpgid(children[0], children[0]) == 0);
    waitid(P_PGID, (id_t)children[0], &info, WEXITED);
}

static void children(void **state)
{
    static void (*const bodies[])(void) = {waits_for_any, waits_for_one, waits_for_group};
    static const char *const frames[][LIVE_FRAMES] = {{"__wait4", "wait", "main"}, {NULL}, {NULL}};
    static const char *const names[] = {"wait", "wait", "waitid"};
    struct live live;
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        const long calls[] = {i == 2 ? SYS_waitid : SYS_wait4, SYS_pause, SYS_pause};
        live_start(&live, bodies[i], calls, COUNT(calls));
        live_tell(&live, frames);
        assert_int_equal(live_waiting(&live, 0)->what, FOR_CHILD);
        assert_string_equal(live_waiting(&live, 0)->call, names[i]);
        assert_int_equal(live_waiting(&live, 0)->holder_count, i == 0 ? 2 : 1);
        live_check_holder(&live, 0, 0, NO_INDEX, i == 1 ? 2 : 1, -1);
        live_end(&live);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(file_locks),
        TEST(children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
