#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipe_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

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

static void end_of_file_is_not_an_error(void **state)
{
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(pipe_channel_send(&b, "last", 4), 0);
    pipe_channel_close(&b);
    check_receive(&a, "last", 4);
    assert_int_equal(receive_error(&a), PIPE_CHANNEL_EOF);
    assert_int_equal(receive_error(&a), PIPE_CHANNEL_EOF);
    pipe_channel_close(&a);
}

/* What a peer that died while sending leaves behind: the first bytes of header and message. */
static int error_after(const void *bytes, size_t length)
{
    struct pipe_channel a, b;
    int err;

    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(write(b.fd, bytes, length), length);
    pipe_channel_close(&b);
    err = receive_error(&a);
    pipe_channel_close(&a);
    return err;
}

static void truncated_and_impossible_messages_are_errors(void **state)
{
    (void)state;
    assert_int_equal(error_after("\0\0", 2), -EPROTO);
    assert_int_equal(error_after("\0\0\0\5", HEADER), -EPROTO);
    assert_int_equal(error_after("\0\0\0\5abcd", HEADER + 4), -EPROTO);
    assert_int_equal(error_after("\4\0\0\1", HEADER), -EMSGSIZE);
    assert_int_equal(error_after("\377\377\377\377", HEADER), -EMSGSIZE);
}

static void send_to_nobody_is_an_error_and_no_signal(void **state)
{
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    pipe_channel_close(&b);
    assert_int_equal(pipe_channel_send(&a, "x", 1), -EPIPE);
    pipe_channel_close(&a);
}

static void unread_messages_reset_the_connection(void **state)
{
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    assert_int_equal(pipe_channel_send(&a, "unread", 6), 0);
    pipe_channel_close(&b);
    assert_int_equal(receive_error(&a), -ECONNRESET);
    assert_int_equal(pipe_channel_send(&a, "x", 1), -EPIPE);
    pipe_channel_close(&a);
}

static void too_long_message_is_refused(void **state)
{
    struct pipe_channel a, b;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    /* The data is not looked at. */
    assert_int_equal(pipe_channel_send(&a, "x", (size_t)PIPE_CHANNEL_MESSAGE_MAX + 1), -EMSGSIZE);
    assert_int_equal(pipe_channel_send(&a, "still good", 10), 0);
    check_receive(&b, "still good", 10);
    pipe_channel_close(&a);
    pipe_channel_close(&b);
}

static void closed_end_is_refused(void **state)
{
    struct pipe_channel a, b;
    int newcomer;

    (void)state;
    assert_int_equal(pipe_channel_open(&a, &b, true), 0);
    pipe_channel_close(&a);
    /* It gets the number that has become free; a second close must not hit it. */
    newcomer = dup(b.fd);
    pipe_channel_hang_up(&a);
    pipe_channel_close(&a);
    assert_int_equal(close(newcomer), 0);
    assert_int_equal(pipe_channel_send(&a, "x", 1), -EBADF);
    assert_int_equal(receive_error(&a), -EBADF);
    assert_int_equal(pipe_channel_poll(&a, 0), -EBADF);
    pipe_channel_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_of_file_is_not_an_error),
        cmocka_unit_test(truncated_and_impossible_messages_are_errors),
        cmocka_unit_test(send_to_nobody_is_an_error_and_no_signal),
        cmocka_unit_test(unread_messages_reset_the_connection),
        cmocka_unit_test(too_long_message_is_refused),
        cmocka_unit_test(closed_end_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
