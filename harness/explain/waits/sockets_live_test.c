/* Sockets, in processes that hang. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
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

static void receives(void)
{
    char byte;
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)live_shared->fd) == 0);
    if (live_fork() == 0) {
        close(live_shared->fd[0]);
        live_pause();
    }
    close(live_shared->fd[1]);
    recv(live_shared->fd[0], &byte, 1, 0);
}

static void socket_pair(void **state)
{
    static const long calls[] = {SYS_recvfrom, SYS_pause};
    static const char *const frames[][LIVE_FRAMES] = {{"recv", "main"}, {NULL}};
    struct live live;
    (void)state;
    live_start(&live, receives, calls, COUNT(calls));
    live_tell(&live, frames);
    assert_string_equal(live_waiting(&live, 0)->name, "a UNIX socket");
    assert_string_equal(live_waiting(&live, 0)->call, "recv");
    assert_int_equal(live_waiting(&live, 0)->holder_count, 1);
    live_check_holder(&live, 0, 0, NO_INDEX, 1, live_shared->fd[1]);
    live_end(&live);
}

static void serves_unix(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char byte;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    require(bind(listening, (struct sockaddr *)&address, sizeof address) == 0 &&
            listen(listening, 1) == 0);
    if (live_fork() == 0) {
        int client = socket(AF_UNIX, SOCK_STREAM, 0);
        close(listening);
        require(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
        (void)!read(client, &byte, 1);
    }
    live_shared->fd[0] = accept(listening, NULL, NULL);
    accept(listening, NULL, NULL);
}

static void unix_server(void **state)
{
    static const long calls[] = {SYS_accept, SYS_read};
    struct live live;
    char *name = xasprintf("a UNIX socket (%s)", path);
    (void)state;
    live_start(&live, serves_unix, calls, COUNT(calls));
    live_tell(&live, NULL);
    assert_int_equal(live_waiting(&live, 0)->what, FOR_DATA);
    assert_string_equal(live_waiting(&live, 0)->call, "accept");
    assert_string_equal(live_waiting(&live, 0)->name, name);
    assert_int_equal(live_waiting(&live, 0)->holder_count, 0);
    assert_string_equal(live_waiting(&live, 1)->name, name);
    assert_int_equal(live_waiting(&live, 1)->holder_count, 1);
    live_check_holder(&live, 1, 0, NO_INDEX, 0, live_shared->fd[0]);
    live_end(&live);
    free(name);
}

static void serves_tcp(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    char byte;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    require(bind(listening, (struct sockaddr *)&address, sizeof address) == 0 &&
            listen(listening, 1) == 0 &&
            getsockname(listening, (struct sockaddr *)&address, &length) == 0);
    live_shared->fd[1] = ntohs(address.sin_port);
    if (live_fork() == 0) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        close(listening);
        require(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
        (void)!read(client, &byte, 1);
    }
    live_shared->fd[0] = accept(listening, NULL, NULL);
    accept(listening, NULL, NULL);
}

/* The port is the kernel's choice, of the clients' range, so that no name may have it. */
static void tcp_server(void **state)
{
    static const long calls[] = {SYS_accept, SYS_read};
    struct live live;
    (void)state;
    live_start(&live, serves_tcp, calls, COUNT(calls));
    live_tell(&live, NULL);
    assert_string_equal(live_waiting(&live, 0)->name, "a TCP socket");
    assert_int_equal(live_waiting(&live, 0)->holder_count, 0);
    assert_int_equal(live_waiting(&live, 1)->holder_count, 1);
    live_check_holder(&live, 1, 0, NO_INDEX, 0, live_shared->fd[0]);
    live_end(&live);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(socket_pair),
        TEST(unix_server),
        TEST(tcp_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
