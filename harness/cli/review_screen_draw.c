/* The drawing of the full screen of a review (see review_screen.h). */
#include "cli/review_screen.h"
#include "model/memory.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_START = 2, /* below the title and the question */
    LEAST_ROWS = 6, /* of a screen that anything can be shown on */
    LEAST_COLUMNS = 24,
    LEAST_PANE = 3,
};

static struct session *session_of(const struct screen *screen)
{
    return &screen->review->session;
}

/* The page as it is scrolled now fills the pane where it can, and has the cursor in it. */
static void settle(struct screen *screen)
{
    size_t height = (size_t)screen->height;
    size_t last = screen->row_count > height ? screen->row_count - height : 0;
    screen->top = screen->top < last ? screen->top : last;
    if (!screen_has_cursor(screen))
        return;
    if (screen->cursor >= screen->page.count)
        screen->cursor = screen->page.count > 0 ? screen->page.count - 1 : 0;
    size_t first = 0;
    while (first < screen->row_count && screen->rows[first].line < screen->cursor)
        first++;
    size_t end = first;
    while (end < screen->row_count && screen->rows[end].line == screen->cursor)
        end++;
    if (end > screen->top + height)
        screen->top = end - height;
    if (first < screen->top)
        screen->top = first;
}

/* Text and blanks to the edge. */
static void put_line(int y, int attributes, const char *text)
{
    wchar_t *wide = screen_widen(text);
    attrset(attributes);
    mvhline(y, 0, ' ', COLS);
    mvaddnwstr(y, 0, wide, (int)screen_fit(wide, 0, COLS, false));
    attrset(A_NORMAL);
    free(wide);
}

static int attributes_of(const struct screen *screen, enum page_look look)
{
    static const short colours[] = {
        [LOOK_ADDED] = COLOR_GREEN, [LOOK_REMOVED] = COLOR_RED, [LOOK_PLACE] = COLOR_CYAN,
        [LOOK_RIGHT] = COLOR_GREEN, [LOOK_WRONG] = COLOR_RED,
    };
    if (look == LOOK_HEADING)
        return A_BOLD;
    if (look == LOOK_PLAIN || !screen->colour)
        return A_NORMAL;
    return (int)COLOR_PAIR(colours[look]);
}

/* What stands before a line of code. */
static void put_gutter(const struct screen *screen, int y, const struct row *row)
{
    const struct page_line *line = &screen->page.lines[row->line];
    const struct answer *answer = session_answer(session_of(screen));
    bool options = screen->view == VIEW_OPTION;
    bool marked = !options && line->number > 0 && (size_t)line->number <= answer->line_count &&
                  answer->marked[line->number - 1];
    bool here = screen_has_cursor(screen) && row->line == screen->cursor;
    bool wanted = session_of(screen)->stage == STAGE_TRUTH && line->number > 0 &&
                  session_round(session_of(screen))->parts[line->number - 1] == LINE_WANTED;
    if (row->from > 0)
        return;
    mvaddch(y, 0, here ? '>' : wanted ? '!' : ' ');
    addch(marked ? '*' | A_BOLD : ' ');
    if (line->number > 0)
        printw("%4d ", line->number);
    else
        printw("     ");
    addch((chtype)line->sign);
}

static void put_row(const struct screen *screen, int y, const struct row *row)
{
    const struct page_line *line = &screen->page.lines[row->line];
    int x = row->from > 0 ? screen_hang(screen, row->line) : 0;
    move(y, 0);
    clrtoeol();
    if (screen->page.code) {
        put_gutter(screen, y, row);
        x = SCREEN_GUTTER;
    }
    bool here = screen_has_cursor(screen) && row->line == screen->cursor;
    attrset(attributes_of(screen, line->look) | (here ? A_BOLD : 0));
    mvaddnwstr(y, x, screen->wide[row->line] + row->from, (int)row->length);
    attrset(A_NORMAL);
}

/* Left and right in a row of the screen; where not both fit, the left is cut. Both are taken over. */
static char *spread(char *left, char *right)
{
    int room = COLS - (int)strlen(right) - 1;
    char *row = room > 0 ? xasprintf("%-*.*s %s", room, room, left, right) : xstrdup(left);
    free(left);
    free(right);
    return row;
}

static char *title_of(const struct screen *screen)
{
    const struct session *session = session_of(screen);
    return spread(xasprintf(" racelab review  round %zu of %zu  seed %llu", session->at + 1,
                            session->rounds.count, (unsigned long long)screen->review->origin.seed),
                  xstrdup("program.c "));
}

/* Which rows of the page are in the pane. */
static char *position_of(const struct screen *screen)
{
    size_t below = screen->row_count - screen->top;
    size_t height = (size_t)screen->height;
    return xasprintf(" %zu-%zu of %zu ", screen->row_count > 0 ? screen->top + 1 : 0,
                     screen->top + (below < height ? below : height), screen->row_count);
}

static char *question_of(const struct screen *screen)
{
    static const char *const views[] = {
        [VIEW_PROGRAM] = "the program",
        [VIEW_CHANGE] = "the change",
        [VIEW_TRUTH] = NULL,
        [VIEW_HELP] = "help",
    };
    char *question = review_question(screen->review);
    const char *view = views[screen->view == VIEW_OPTION ? VIEW_TRUTH : screen->view];
    char *patch = xasprintf("patch %c", (int)('A' + screen->option));
    if (screen->view == VIEW_OPTION)
        view = patch;
    char *told = view ? xasprintf("%s  [%s]", question, view) : xstrdup(question);
    free(patch);
    free(question);
    return told;
}

static char *help_of(const struct screen *screen)
{
    const struct round *round = session_round(session_of(screen));
    unsigned price = session_hint_price(session_of(screen));
    char *hint = price > 0 ? xasprintf("  h hint (-%u)", price) : xstrdup("");
    const char *turn = round->diff ? "  Tab switch" : "";
    char *help = NULL;
    if (screen->view == VIEW_HELP) {
        help = xstrdup(" Up, Down scroll  any other key goes back");
    } else {
        switch (session_of(screen)->stage) {
        case STAGE_VERDICT:
            help = xasprintf(" ? help  q quit  a accept  r reject%s%s", turn, hint);
            break;
        case STAGE_LINES:
            help = xasprintf(" ? help  q quit  Space mark  Enter done%s%s", turn, hint);
            break;
        case STAGE_CLASS:
            help = xasprintf(" ? help  q quit  1-7 choose  Enter answer%s%s", turn, hint);
            break;
        case STAGE_PATCH:
            help =
                xasprintf(" ? help  q quit  A-%c look  Enter take %c  Tab program%s",
                          (int)('A' + round->option_count - 1), (int)('A' + screen->option), hint);
            break;
        case STAGE_TRUTH:
        case STAGE_OVER:
            help = xasprintf(" ? help  q quit  %sn next  p program  Tab next part",
                             review_awaits(screen->review) ? "checking  " : "");
            break;
        }
    }
    free(hint);
    return help;
}

/* What stands below the pane: the menu of classes, the hints that were taken, a message. */
static void load_foot(const struct screen *screen, struct page *foot)
{
    struct session *session = session_of(screen);
    const struct round *round = session_round(session);
    if (session->stage == STAGE_CLASS && screen->view != VIEW_HELP) {
        for (int d = 0; d < DEFECT_COUNT; d++)
            page_add(foot, screen->class_at == d ? LOOK_HEADING : LOOK_PLAIN, 4, "%c %d %s",
                     screen->class_at == d ? '>' : ' ', d + 1, review_class((enum defect)d));
    }
    for (unsigned i = 0; session->stage != STAGE_TRUTH && i < session_answer(session)->hints; i++)
        page_add(foot, LOOK_HEADING, 2, "Hint %u: %s", i + 1, round->hints[i]);
    if (screen->asks_to_quit)
        page_add(foot, LOOK_HEADING, 2,
                 "Leave? What was answered is kept. y leaves, any other key "
                 "stays.");
    else if (screen->message)
        page_add(foot, LOOK_HEADING, 2, "%s", screen->message);
}

static void draw_all(struct screen *screen)
{
    struct screen foot = {.review = screen->review, .colour = screen->colour};
    load_foot(screen, &foot.page);
    foot.wide = xcalloc(foot.page.count + 1, sizeof(*foot.wide));
    for (size_t i = 0; i < foot.page.count; i++)
        foot.wide[i] = screen_widen(foot.page.lines[i].text);
    screen_lay_out(&foot);
    int room = LINES - TEXT_START - 1;
    int below = room - LEAST_PANE;
    below = (size_t)below > foot.row_count ? (int)foot.row_count : below;
    screen->height = room - below;
    settle(screen);
    char *title = title_of(screen);
    char *question = question_of(screen);
    char *keys = help_of(screen);
    char *position = position_of(screen);
    char *help = xasprintf("%s%s", position, keys);
    put_line(0, A_REVERSE, title);
    put_line(1, A_BOLD, question);
    for (int y = 0; y < screen->height; y++) {
        size_t row = screen->top + (size_t)y;
        move(TEXT_START + y, 0);
        clrtoeol();
        if (row < screen->row_count)
            put_row(screen, TEXT_START + y, &screen->rows[row]);
    }
    /* Where not all fits, the last of it does: the message. */
    for (int i = 0; i < below; i++)
        put_row(&foot, TEXT_START + screen->height + i,
                &foot.rows[foot.row_count - (size_t)below + (size_t)i]);
    put_line(LINES - 1, A_REVERSE, help);
    free(title);
    free(question);
    free(help);
    free(keys);
    free(position);
    screen_unload(&foot);
}

/* The terminal's own cursor stands where one looks: a screen reader or a magnifier goes there. */
static void place_cursor(const struct screen *screen)
{
    int y = TEXT_START;
    for (size_t row = screen->top; screen_has_cursor(screen) && row < screen->row_count; row++) {
        if (screen->rows[row].line == screen->cursor) {
            y += (int)(row - screen->top);
            break;
        }
    }
    move(y, 0);
}

void screen_draw(struct screen *screen)
{
    if (LINES < LEAST_ROWS || COLS < LEAST_COLUMNS) {
        erase();
        mvaddnstr(0, 0, "The terminal is too small; q leaves.", COLS);
        refresh();
        return;
    }
    if (screen->columns != COLS)
        screen_lay_out(screen);
    draw_all(screen);
    place_cursor(screen);
    refresh();
}
