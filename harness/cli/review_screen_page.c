/* What is in the pane of the full screen of a review, broken into rows (see review_screen.h). */
#include "cli/review_screen.h"
#include "model/memory.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

wchar_t *screen_widen(const char *text)
{
    size_t length = strlen(text);
    wchar_t *wide = xcalloc(length + 1, sizeof(*wide));
    size_t used = 0;
    mbstate_t state = {0};
    for (const char *at = text; *at;) {
        wchar_t character = 0;
        size_t bytes = mbrtowc(&character, at, (size_t)(text + length - at), &state);
        if (bytes == 0 || bytes > length) {
            state = (mbstate_t){0};
            bytes = 1;
            /* One for each character, not for each of its bytes. */
            while (((unsigned char)at[bytes] & 0xc0) == 0x80)
                bytes++;
            character = L'?';
        }
        wide[used++] = character;
        at += bytes;
    }
    return wide;
}

static int width_of(wchar_t character)
{
    int width = wcwidth(character);
    return width > 0 ? width : 0;
}

size_t screen_fit(const wchar_t *text, size_t from, int columns, bool words)
{
    size_t blank = 0;
    size_t at = from;
    for (int used = 0; text[at]; at++) {
        used += width_of(text[at]);
        if (used > columns)
            break;
        if (text[at] == L' ' && at > from && text[at - 1] != L' ')
            blank = at;
    }
    if (text[at] && words && blank > from)
        at = blank;
    return at > from ? at - from : text[from] != L'\0';
}

static void add_row(struct screen *screen, size_t line, size_t from, size_t length)
{
    struct row *row = xappend((void **)&screen->rows, &screen->row_count, sizeof(*screen->rows));
    *row = (struct row){line, from, length};
}

int screen_hang(const struct screen *screen, size_t line)
{
    int hang = screen->page.lines[line].hang;
    return hang < screen->columns / 2 ? hang : 0;
}

void screen_lay_out(struct screen *screen)
{
    bool code = screen->page.code;
    int columns = COLS - (code ? SCREEN_GUTTER : 0);
    free(screen->rows);
    screen->rows = NULL;
    screen->row_count = 0;
    screen->columns = COLS;
    for (size_t i = 0; i < screen->page.count; i++) {
        const wchar_t *text = screen->wide[i];
        size_t from = 0;
        do {
            int hang = from > 0 && !code ? screen_hang(screen, i) : 0;
            size_t length = screen_fit(text, from, columns - hang, !code);
            add_row(screen, i, from, length);
            from += length;
            while (!code && text[from] == L' ')
                from++;
        } while (text[from]);
    }
}

static void load_help(struct page *page)
{
    static const char *const texts[] = {
        "A round shows a program, or a change of a program that was correct. About a third have no "
        "bug.",
        "a  accept it   r  reject it",
        "Of what has a bug: mark the lines that take part in it, both sides of a race or all that "
        "take the locks; name it; and choose the patch that mends it.",
        "Space  mark the line under the cursor, or take the mark away   Enter  done",
        "1 to 7, Up, Down  choose a class   Enter  that is it",
        "Left, Right, A to Z  look at a patch   Enter  it is the one that is shown",
        "n  the next round, after the truth   Tab  in the truth: its next part   p  the program: ! "
        "stands before the lines that take part, * before yours",
        "Tab  between the change, the program and the patches",
        "h  a hint: each tells more than the one before, and costs more points",
        "Up, Down, j, k  a line   PgUp, PgDn, b, f  a page   Home, End, g, G  all the way",
        "q  leave: what was answered is kept, and `racelab review --continue` goes on   Ctrl-C  "
        "the "
        "same at once",
        "Points: 100 for accepting what is right. Of a bug 30 for rejecting it, 30 for the lines, "
        "20 "
        "for its class, 20 for the patch.",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        page_add(page, LOOK_PLAIN, 2, "%s", texts[i]);
}

void screen_unload(struct screen *screen)
{
    for (size_t i = 0; i < screen->page.count; i++)
        free(screen->wide[i]);
    free((void *)screen->wide);
    free(screen->rows);
    screen->wide = NULL;
    screen->rows = NULL;
    screen->row_count = 0;
    page_release(&screen->page);
}

void screen_load(struct screen *screen)
{
    const struct round *round = session_round(&screen->review->session);
    screen_unload(screen);
    switch (screen->view) {
    case VIEW_PROGRAM:
        page_program(&screen->page, &round->program, round->diff);
        break;
    case VIEW_CHANGE:
        page_diff(&screen->page, round->diff);
        break;
    case VIEW_OPTION:
        page_diff(&screen->page, round->options[screen->option].diff);
        break;
    case VIEW_TRUTH:
        review_truth_page(screen->review, &screen->page);
        break;
    case VIEW_HELP:
        load_help(&screen->page);
        break;
    }
    screen->wide = xcalloc(screen->page.count + 1, sizeof(*screen->wide));
    for (size_t i = 0; i < screen->page.count; i++)
        screen->wide[i] = screen_widen(screen->page.lines[i].text);
    screen_lay_out(screen);
}

bool screen_has_cursor(const struct screen *screen)
{
    return screen->review->session.stage == STAGE_LINES && screen->page.code;
}

static size_t clamp(size_t at, long by, size_t count)
{
    long moved = (long)at + by;
    long last = count > 0 ? (long)count - 1 : 0;
    return (size_t)(moved < 0 ? 0 : moved > last ? last : moved);
}

void screen_move(struct screen *screen, long by)
{
    if (screen_has_cursor(screen))
        screen->cursor = clamp(screen->cursor, by, screen->page.count);
    else
        screen->top = clamp(screen->top, by, screen->row_count);
}
