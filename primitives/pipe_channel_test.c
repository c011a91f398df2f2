#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "pipe_channel.h"
#include "when_blocked.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Linked with --wrap=send,--wrap=recv: every call is interrupted first, and moves little. */
ssize_t __real_send(int fd, const void *data, size_t length, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t length, int flags);
ssize_t __real_recv(int fd, void *data, size_t length, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t length, int flags);

static size_t piece;    /* the most that one call moves; 0 for no limit and no interruption */
static int interrupted; /* calls that failed with EINTR */
static int partial;     /* calls that were asked for more than they moved */

static bool interrupt_this_call(void)
{
    static bool last_was_interrupted;

    last_was_interrupted = piece > 0 && !last_was_interrupted;
    interrupted += last_was_interrupted;
    return last_was_interrupted;
}

static size_t cut(size_t length)
{
    partial += piece > 0 && length > piece;
    return piece > 0 && length > piece ? piece : length;
}

ssize_t __wrap_send(int fd, const void *data, size_t length, int flags)
{
    if (interrupt_this_call()) {
        errno = EINTR;
        return -1;
    }
    return __real_send(fd, data, cut(length), flags);
}

ssize_t __wrap_recv(int fd, void *data, size_t length, int flags)
{
    if (interrupt_this_call()) {
        errno = EINTR;
        return -1;
    }
    return __real_recv(fd, data, cut(length), flags);
}

enum { HEADER = 4 };

static void check_receive(struct pipe_channel *channel, const void *expected,
                          size_t expected_length)
{
    size_t length = 0;
    void *data = NULL;

    assert_int_equal(pipe_channel_receive(channel, &data, &length), 0);
    assert_int_equal(length, expected_length);
    assert_memory_equal(data, expected, expected_length);
    assert_int_equal(((char *)data)[length], 0);
    free(data);
}

static int receive_error(struct pipe_channel *channel)
{
    size_t length = 0;
    void *data = NULL;
    int err = pipe_channel_receive(channel, &data, &length);

    assert_null(data);
    return err;
}

static void duplex_carries_messages_both_ways(void **state)
{
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(pipe_channel_send(&a, "first", 5), 0);
    assert_int_equal(pipe_channel_send(&a, NULL, 0), 0);
    assert_int_equal(pipe_channel_send(&a, "a\0b", 3), 0);
    assert_int_equal(pipe_channel_send(&b, "back", 4), 0);
    check_receive(&b, "first", 5);
    check_receive(&b, "", 0);
    check_receive(&b, "a\0b", 3);
    check_receive(&a, "back", 4);
    pipe_channel_close(&a);
    pipe_channel_close(&b);
}

static void one_way_goes_one_way(void **state)
{
    struct pipe_channel reader, writer;

    (void)state;
    assert_int_equal(pipe_channel_open(&reader, &writer, false), 0);
    assert_int_equal(pipe_channel_send(&reader, "x", 1), -EBADF);
    assert_int_equal(receive_error(&writer), -EBADF);
    assert_int_equal(pipe_channel_poll(&writer, 0), -EBADF);
    assert_int_equal(pipe_channel_send(&writer, "x", 1), 0);
    check_receive(&reader, "x", 1);
    pipe_channel_close(&reader);
    pipe_channel_close(&writer);
}

static void interruptions_and_pieces_do_not_show(void **state)
{
    const char message[] = "a message much longer than one piece of it";
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    interrupted = partial = 0;
    piece = 3;
    assert_int_equal(pipe_channel_send(&a, message, sizeof message), 0);
    assert_true(interrupted > 1 && partial > 1);
    interrupted = partial = 0;
    check_receive(&b, message, sizeof message);
    assert_true(interrupted > 1 && partial > 1);
    piece = 0;
    pipe_channel_close(&a);
    pipe_channel_close(&b);
}

static void header_is_big_endian(void **state)
{
    struct pipe_channel a, b;
    unsigned char bytes[HEADER];
    char message[258] = {0};

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(pipe_channel_send(&a, message, sizeof message), 0);
    assert_int_equal(read(b.fd, bytes, sizeof bytes), sizeof bytes);
    assert_memory_equal(bytes, "\0\0\1\2", HEADER);
    pipe_channel_close(&a);
    pipe_channel_close(&b);
}

static void ends_are_closed_on_exec(void **state)
{
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, false), 0);
    assert_true(fcntl(a.fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(b.fd, F_GETFD) & FD_CLOEXEC);
    pipe_channel_close(&a);
    pipe_channel_close(&b);
}

static void hang_up_reaches_through_copies(void **state)
{
    struct pipe_channel a, b;
    int copy;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    copy = dup(a.fd);
    assert_true(copy >= 0);
    assert_int_equal(pipe_channel_send(&a, "last", 4), 0);
    pipe_channel_hang_up(&a);
    pipe_channel_close(&a);
    /* The copy keeps the end open: after a mere close, receive would wait for it. */
    check_receive(&b, "last", 4);
    assert_int_equal(pipe_channel_poll(&b, 0), 0);
    assert_int_equal(receive_error(&b), PIPE_CHANNEL_EOF);
    pipe_channel_close(&b);
    close(copy);
}

static void send_one(void *argument)
{
    pipe_channel_send(argument, "x", 1);
}

static void poll_waits_for_a_message_or_the_end(void **state)
{
    struct when_blocked when;
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(pipe_channel_poll(&a, 0), -ETIMEDOUT);
    assert_int_equal(pipe_channel_poll(&a, 1), -ETIMEDOUT);
    when_blocked_start(&when, NULL, send_one, &b);
    assert_int_equal(pipe_channel_poll(&a, DEADLINE_NEVER), 0);
    assert_true(when_blocked_end(&when));
    check_receive(&a, "x", 1);
    pipe_channel_close(&b);
    assert_int_equal(pipe_channel_poll(&a, DEADLINE_NEVER), 0);
    pipe_channel_close(&a);
}

/* Sends every message back; _exit, because the test program goes on in the parent alone. */
static void echo(struct pipe_channel *channel)
{
    size_t length;
    void *data;
    int err;

    while ((err = pipe_channel_receive(channel, &data, &length)) == 0) {
        if (pipe_channel_send(channel, data, length))
            _exit(EXIT_FAILURE);
        free(data);
    }
    _exit(err == PIPE_CHANNEL_EOF ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void processes_exchange_more_than_the_socket_holds(void **state)
{
    enum { LARGE = 3 * 1024 * 1024 };
    unsigned char *large = malloc(LARGE);
    struct pipe_channel ours, theirs;
    pid_t child;
    int status;

    (void)state;
    assert_non_null(large);
    for (int i = 0; i < LARGE; i++)
        large[i] = (unsigned char)(i * 31);
    assert_int_equal(pipe_channel_open(&ours, &theirs, true), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pipe_channel_close(&ours);
        echo(&theirs);
    }
    pipe_channel_close(&theirs);
    assert_int_equal(pipe_channel_send(&ours, large, LARGE), 0);
    check_receive(&ours, large, LARGE);
    assert_int_equal(pipe_channel_send(&ours, "small", 5), 0);
    check_receive(&ours, "small", 5);
    pipe_channel_close(&ours);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(duplex_carries_messages_both_ways),
        cmocka_unit_test(one_way_goes_one_way),
        cmocka_unit_test(interruptions_and_pieces_do_not_show),
        cmocka_unit_test(header_is_big_endian),
        cmocka_unit_test(ends_are_closed_on_exec),
        cmocka_unit_test(hang_up_reaches_through_copies),
        cmocka_unit_test(poll_waits_for_a_message_or_the_end),
        cmocka_unit_test(processes_exchange_more_than_the_socket_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
