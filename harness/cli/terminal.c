#include "cli/terminal.h"

#include "model/memory.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#include <cmocka.h>

/* Much longer than anything needs; it ends a test that would hang. */
#define LIMIT_MS 120000

struct terminal {
    pid_t child;
    int fd; /* -1: the other side was closed */
    VTerm *vterm;
    VTermScreen *screen;
    char *bytes;
    size_t length, room;
    bool restored; /* as it was when the other side was closed */
    size_t found;  /* up to where terminal_await_said() has read */
};

static void run(const char *const *environment, const char *const *argv)
{
    for (size_t i = 0; environment && environment[i]; i++) {
        /* A NAME alone is taken out of the environment. */
        if (putenv((char *)environment[i]) != 0)
            _exit(127);
    }
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

struct terminal *terminal_start(int rows, int columns, const char *const *environment,
                                const char *const *argv)
{
    struct terminal *terminal = xcalloc(1, sizeof(*terminal));
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    /* What loses its parent comes to us, so that terminal_end() sees it. */
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    terminal->child = forkpty(&terminal->fd, NULL, NULL, &size);
    assert_true(terminal->child >= 0);
    if (terminal->child == 0)
        run(environment, argv);
    terminal->vterm = vterm_new(rows, columns);
    vterm_set_utf8(terminal->vterm, 1);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_reset(terminal->screen, 1);
    terminal->bytes = xcalloc(1, 1);
    return terminal;
}

static void keep(struct terminal *terminal, const char *bytes, size_t length)
{
    if (terminal->length + length + 1 > terminal->room) {
        terminal->room = 2 * (terminal->length + length + 1);
        char *more = xcalloc(terminal->room, 1);
        memcpy(more, terminal->bytes, terminal->length);
        free(terminal->bytes);
        terminal->bytes = more;
    }
    memcpy(terminal->bytes + terminal->length, bytes, length);
    terminal->length += length;
    terminal->bytes[terminal->length] = '\0';
    vterm_input_write(terminal->vterm, bytes, length);
}

/* The tests after this one are not to find its processes. */
static void give_up(struct terminal *terminal, const char *awaited)
{
    kill(terminal->child, SIGTERM);
    close(terminal->fd);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    fputs(terminal_screen(terminal), stderr); /* cmocka cuts a long message */
    fail_msg("`%s` does not come to the screen above", awaited);
}

/* Reads what there is, or waits for it. */
static void read_more(struct terminal *terminal, const char *awaited)
{
    char bytes[4096];
    struct pollfd input = {.fd = terminal->fd, .events = POLLIN};
    if (terminal->fd < 0 || poll(&input, 1, LIMIT_MS) <= 0)
        give_up(terminal, awaited);
    ssize_t got = read(terminal->fd, bytes, sizeof(bytes));
    if (got > 0) {
        keep(terminal, bytes, (size_t)got);
    } else if (got < 0 && errno != EINTR) {
        struct termios mode;
        terminal->restored = tcgetattr(terminal->fd, &mode) == 0 && (mode.c_lflag & ECHO) &&
                             (mode.c_lflag & ICANON) && (mode.c_oflag & ONLCR);
        close(terminal->fd);
        terminal->fd = -1;
    }
}

void terminal_press(struct terminal *terminal, const char *keys)
{
    size_t length = strlen(keys);
    assert_int_equal(write(terminal->fd, keys, length), length);
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    vterm_set_size(terminal->vterm, rows, columns);
    assert_int_equal(ioctl(terminal->fd, TIOCSWINSZ, &size), 0);
}

void terminal_hang_up(struct terminal *terminal)
{
    close(terminal->fd);
    terminal->fd = -1;
}

void terminal_signal(struct terminal *terminal, int number)
{
    assert_int_equal(kill(terminal->child, number), 0);
}

char *terminal_screen(const struct terminal *terminal)
{
    int rows;
    int columns;
    vterm_get_size(terminal->vterm, &rows, &columns);
    char *screen = xstrdup("");
    char *text = xcalloc((size_t)columns * 8 + 1, 1);
    for (int row = 0; row < rows; row++) {
        const VTermRect rect = {row, row + 1, 0, columns};
        size_t length = vterm_screen_get_text(terminal->screen, text, (size_t)columns * 8, rect);
        while (length > 0 && text[length - 1] == ' ')
            length--;
        char *more = xasprintf("%s%.*s\n", screen, (int)length, text);
        free(screen);
        screen = more;
    }
    free(text);
    return screen;
}

static bool shows(const struct terminal *terminal, const char *text)
{
    char *screen = terminal_screen(terminal);
    bool there = strstr(screen, text) != NULL;
    free(screen);
    return there;
}

void terminal_await(struct terminal *terminal, const char *text)
{
    while (!shows(terminal, text))
        read_more(terminal, text);
}

void terminal_await_gone(struct terminal *terminal, const char *text)
{
    while (shows(terminal, text))
        read_more(terminal, text);
}

void terminal_await_said(struct terminal *terminal, const char *text)
{
    const char *at = NULL;
    while (!(at = strstr(terminal->bytes + terminal->found, text)))
        read_more(terminal, text);
    terminal->found = (size_t)(at - terminal->bytes) + strlen(text);
}

const char *terminal_bytes(const struct terminal *terminal)
{
    return terminal->bytes;
}

bool terminal_is_restored(const struct terminal *terminal)
{
    return terminal->restored;
}

int terminal_end(struct terminal *terminal)
{
    int status = 0;
    while (terminal->fd >= 0)
        read_more(terminal, "the end");
    assert_int_equal(waitpid(terminal->child, &status, 0), terminal->child);
    pid_t left = 0;
    while ((left = waitpid(-1, NULL, WNOHANG)) > 0)
        ;
    if (left == 0)
        fail_msg("a process is left behind");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void terminal_free(struct terminal *terminal)
{
    if (terminal->fd >= 0)
        close(terminal->fd);
    vterm_free(terminal->vterm);
    free(terminal->bytes);
    free(terminal);
}
