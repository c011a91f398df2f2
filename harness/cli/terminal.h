/*
 * For tests: a command on a pseudo-terminal, and the screen that it makes of it, as libvterm reads it. All functions end
 * the test where something of their own fails, or where what is waited for does not come.
 */
#ifndef RACELAB_CLI_TERMINAL_H
#define RACELAB_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct terminal;

/* Starts argv, ended by NULL. `environment` is added to ours: NAME=VALUE, or NAME alone to be taken away. */
struct terminal *terminal_start(int rows, int columns, const char *const *environment,
                                const char *const *argv);
void terminal_press(struct terminal *terminal, const char *keys);
void terminal_resize(struct terminal *terminal, int rows, int columns);
/* The terminal goes, as when its window is closed. */
void terminal_hang_up(struct terminal *terminal);
void terminal_signal(struct terminal *terminal, int number);
/* Until the text stands in a row of the screen. */
void terminal_await(struct terminal *terminal, const char *text);
/* Until it no longer does. */
void terminal_await_gone(struct terminal *terminal, const char *text);
/* Until the text was written behind all that terminal_await_said() has found before; for what scrolls. */
void terminal_await_said(struct terminal *terminal, const char *text);
/* The screen, a line a row without blanks at its end; from malloc. */
char *terminal_screen(const struct terminal *terminal);
/* All that was written to it so far, ended by a NUL; belongs to the terminal. */
const char *terminal_bytes(const struct terminal *terminal);
/* After the end: whether it echoed and gave whole lines again, as a shell leaves it. */
bool terminal_is_restored(const struct terminal *terminal);
/* Waits for the end of the command, and checks that none of its children is left. Returns its exit status, or 128 and the
 * signal that ended it; what was written is still there. */
int terminal_end(struct terminal *terminal);
void terminal_free(struct terminal *terminal);

#endif
