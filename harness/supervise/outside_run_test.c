/* Programs that wait for somebody outside their tree, who comes in the end: no hang. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervise/test_support.h"

static const char wake[] = PROGRAM("wake");

static void check(const char *way, const struct told *told)
{
    if (told->outcome.end != RUN_EXITED || told->outcome.status != 0)
        print_message("%s: %s\n%s\n", way, run_end_word(told->outcome.end), told->outcome.err.text);
    assert_int_equal(told->outcome.end, RUN_EXITED);
    assert_int_equal(told->outcome.status, 0);
}

/* Starts the one outside, and returns when that is ready. */
static pid_t start_outside(const char *way, const char *directory)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(wake, wake, "--outside", way, directory, NULL);
        _exit(1);
    }
    assert_true(child > 0);
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    return child;
}

static void comes_late(void **state)
{
    const char *way = *state;
    struct told told;
    int status;
    const char *directory = new_directory();
    pid_t outside = start_outside(way, directory);
    run_program(ARGV(wake, way, directory), &told);
    /* It would wait for ever for a program that was ended. */
    if (told.outcome.end != RUN_EXITED)
        kill(outside, SIGKILL);
    check(way, &told);
    told_release(&told);
    assert_int_equal(waitpid(outside, &status, 0), outside);
    assert_int_equal(status, 0);
    remove_directory(directory);
    assert_nothing_left();
}

static void write_and_close(uv_timer_t *timer)
{
    int *fd = timer->data;
    assert_int_equal(write(*fd, "x\n", 2), 2);
    close(*fd);
    uv_close((uv_handle_t *)timer, NULL);
}

/* Standard input that the program was given from outside. */
static void standard_input(void **state)
{
    uv_loop_t loop;
    uv_timer_t timer;
    struct supervisor *supervisor;
    struct told told = {0};
    int ends[2];
    (void)state;
    int own_input = dup(STDIN_FILENO);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    const struct run_spec spec = {.argv = ARGV("head", "-n", "1"),
                                  .env = marked_environment(),
                                  .time_limit_ms = TEST_LIMIT_MS,
                                  .output_cap = 100,
                                  .attached = true};
    uv_loop_init(&loop);
    uv_timer_init(&loop, &timer);
    timer.data = &ends[1];
    uv_timer_start(&timer, write_and_close, 700, 0);
    assert_int_equal(supervisor_new(&loop, KEEPER, &supervisor), 0);
    assert_int_equal(supervisor_start(supervisor, &spec, told_done, &told), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    supervisor_free(supervisor);
    assert_int_equal(uv_loop_close(&loop), 0);
    check("standard input", &told);
    assert_string_equal(told.outcome.out.text, "x\n");
    told_release(&told);
    dup2(own_input, STDIN_FILENO);
    close(own_input);
    close(ends[0]);
}

/* Named by its way. */
#define COMES_LATE(way)                                                                            \
    {                                                                                              \
        (way), comes_late, NULL, NULL, (void *)(uintptr_t)(way)                                    \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMES_LATE("flock"),
        COMES_LATE("flock_inherited"),
        COMES_LATE("ofd_lock"),
        COMES_LATE("fifo_written"),
        COMES_LATE("answer"),
        COMES_LATE("answer_of_daemon"),
        COMES_LATE("connect"),
        COMES_LATE("accept"),
        COMES_LATE("datagram"),
        COMES_LATE("datagrams_full"),
        COMES_LATE("semaphore_in_file"),
        COMES_LATE("semaphore_set"),
        COMES_LATE("message"),
        COMES_LATE("message_posix"),
        cmocka_unit_test(standard_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
