/* A review on the full screen (see review.h). */
#include "cli/review_screen.h"
#include "model/memory.h"

#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ESCAPE_MS = 50 }; /* how long the rest of a key's sequence is waited for */

/* Where a terminal has gone, it is always ready and gives nothing. */
static bool is_gone(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* All keys that were pressed. Whether the session is left or over. */
static bool on_input(struct screen *screen, enum review_end *end)
{
    int key = getch();
    *end = REVIEW_LEFT;
    if (key == ERR) {
        /* Its signal may still be on its way. */
        if (!is_gone())
            return false;
        screen->review->events.signal = SIGHUP;
        *end = REVIEW_STRUCK;
        return true;
    }
    review_clock(screen->review);
    for (; key != ERR; key = getch()) {
        if (screen_key(screen, key))
            return true;
        if (screen->review->session.stage == STAGE_OVER) {
            *end = REVIEW_DONE;
            return true;
        }
    }
    return false;
}

static void on_resize(struct screen *screen)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
    screen->columns = 0;
}

static enum review_end run(struct screen *screen)
{
    enum review_end end = REVIEW_LEFT;
    screen_enter_stage(screen);
    if (screen->review->notice)
        screen_say(screen, xstrdup(screen->review->notice));
    review_restart_clock(screen->review);
    while (true) {
        if (screen->review->unkept && !screen->told_unkept)
            screen_say(screen, xstrdup(screen->review->unkept));
        screen->told_unkept = screen->review->unkept != NULL;
        screen_draw(screen);
        review_ask(screen->review);
        switch (events_wait(&screen->review->events)) {
        case EVENT_SIGNAL:
            return REVIEW_STRUCK;
        case EVENT_RESIZED:
            on_resize(screen);
            break;
        case EVENT_CONTINUED:
            review_restart_clock(screen->review);
            clearok(curscr, TRUE);
            break;
        case EVENT_INPUT:
            if (on_input(screen, &end))
                return end;
            break;
        case EVENT_CHANGED:
            if (screen->view == VIEW_TRUTH)
                screen_load(screen);
            break;
        }
    }
}

static void set_up(struct screen *screen)
{
    const char *no_color = getenv("NO_COLOR");
    cbreak();
    noecho();
    nonl();
    set_escdelay(ESCAPE_MS);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    screen->colour = !(no_color && *no_color) && has_colors();
    if (!screen->colour)
        return;
    start_color();
    use_default_colors();
    for (short colour = COLOR_RED; colour <= COLOR_CYAN; colour++)
        init_pair(colour, colour, -1);
}

enum review_end review_screen(struct review *review)
{
    struct screen screen = {.review = review};
    SCREEN *terminal = newterm(NULL, stdout, stdin);
    if (!terminal)
        return REVIEW_UNFIT;
    set_up(&screen);
    enum review_end end = run(&screen);
    endwin();
    delscreen(terminal);
    screen_unload(&screen);
    free(screen.message);
    return end;
}
