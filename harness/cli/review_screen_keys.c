/* The keys of the full screen of a review (see review_screen.h). */
#include "cli/review_screen.h"
#include "model/memory.h"

#include <curses.h>
#include <stdlib.h>

static struct session *session_of(const struct screen *screen)
{
    return &screen->review->session;
}

static struct round *round_of(const struct screen *screen)
{
    return session_round(session_of(screen));
}

void screen_say(struct screen *screen, char *message)
{
    free(screen->message);
    screen->message = message;
}

static void look_at(struct screen *screen, enum view view)
{
    if (screen->view != view)
        screen->top = 0;
    screen->view = view;
    screen_load(screen);
}

/* What a stage begins with. */
void screen_enter_stage(struct screen *screen)
{
    struct session *session = session_of(screen);
    const struct round *round = round_of(screen);
    screen_say(screen, NULL);
    screen->asks_to_go_on = false;
    switch (session->stage) {
    case STAGE_VERDICT:
        screen->top = 0;
        screen->cursor = 0;
        screen->class_at = 0;
        screen->option = 0;
        screen->view = round->what.form == REVIEW_DIFF ? VIEW_CHANGE : VIEW_PROGRAM;
        break;
    case STAGE_LINES:
    case STAGE_CLASS:
        screen->view = VIEW_PROGRAM;
        break;
    case STAGE_PATCH:
        screen->top = 0;
        screen->view = VIEW_OPTION;
        break;
    case STAGE_TRUTH:
        screen->top = 0;
        screen->view = VIEW_TRUTH;
        break;
    case STAGE_OVER:
        return;
    }
    screen_load(screen);
}

static void toggle_mark(struct screen *screen)
{
    struct answer *answer = session_answer(session_of(screen));
    size_t at = screen->cursor;
    int number = at < screen->page.count ? screen->page.lines[at].number : 0;
    if (number < 1 || (size_t)number > answer->line_count) {
        screen_say(screen, xstrdup("This is no line of the program after the change."));
        return;
    }
    answer->marked[number - 1] = !answer->marked[number - 1];
    screen->asks_to_go_on = false;
    screen_move(screen, 1);
}

static bool has_marks(const struct answer *answer)
{
    for (size_t i = 0; i < answer->line_count; i++) {
        if (answer->marked[i])
            return true;
    }
    return false;
}

static void end_marking(struct screen *screen)
{
    if (has_marks(session_answer(session_of(screen))) || screen->asks_to_go_on) {
        review_lines(screen->review);
        screen_enter_stage(screen);
        return;
    }
    screen->asks_to_go_on = true;
    screen_say(screen, xstrdup("No line is marked. Enter again goes on without."));
}

static void choose_option(struct screen *screen, size_t option)
{
    if (option >= round_of(screen)->option_count)
        return;
    screen->option = option;
    screen->top = 0;
    screen->view = VIEW_OPTION;
    screen_load(screen);
}

static void take_hint(struct screen *screen)
{
    if (!review_hint(screen->review))
        screen_say(screen, xstrdup("There are no more hints."));
    screen->columns = 0;
}

/* To the next of the things that the stage has to look at. */
static void turn(struct screen *screen)
{
    const struct round *round = round_of(screen);
    bool patches = session_of(screen)->stage == STAGE_PATCH;
    size_t line = screen->cursor < screen->page.count ? screen->cursor : 0;
    int number = screen->page.count > 0 ? screen->page.lines[line].number : 0;
    if (screen->view == VIEW_OPTION)
        look_at(screen, VIEW_PROGRAM);
    else if (screen->view == VIEW_PROGRAM && round->diff)
        look_at(screen, VIEW_CHANGE);
    else
        look_at(screen, patches ? VIEW_OPTION : VIEW_PROGRAM);
    /* The cursor stays on the same line of the program, where that is shown. */
    for (size_t i = 0; number > 0 && i < screen->page.count; i++) {
        if (screen->page.lines[i].number == number)
            screen->cursor = i;
    }
    screen_move(screen, 0);
}

/* To the next part of the truth. */
static void next_part(struct screen *screen)
{
    size_t line = screen->top < screen->row_count ? screen->rows[screen->top].line : 0;
    for (size_t row = screen->top + 1; row < screen->row_count; row++) {
        size_t here = screen->rows[row].line;
        if (here > line && screen->page.lines[here].look == LOOK_HEADING) {
            screen_move(screen, (long)row - (long)screen->top);
            return;
        }
    }
    screen_move(screen, -(long)screen->top);
}

/* Keys that move, in every stage. Whether it was one. */
static bool move_key(struct screen *screen, int key)
{
    long page = screen->height > 2 ? screen->height - 1 : 1;
    switch (key) {
    case KEY_UP:
    case 'k':
        screen_move(screen, -1);
        return true;
    case KEY_DOWN:
    case 'j':
        screen_move(screen, 1);
        return true;
    case KEY_PPAGE:
    case 'b':
        screen_move(screen, -page);
        return true;
    case KEY_NPAGE:
    case 'f':
        screen_move(screen, page);
        return true;
    case KEY_HOME:
    case 'g':
        screen_move(screen, -(long)screen->row_count);
        return true;
    case KEY_END:
    case 'G':
        screen_move(screen, (long)screen->row_count);
        return true;
    default:
        return false;
    }
}

static void verdict_key(struct screen *screen, int key)
{
    if (key == 'a' || key == 'r') {
        review_judge(screen->review, key == 'a' ? REVIEW_ACCEPTED : REVIEW_REJECTED);
        screen_enter_stage(screen);
    } else if (key == ' ') {
        move_key(screen, 'f');
    }
}

static void lines_key(struct screen *screen, int key)
{
    if (key == ' ')
        toggle_mark(screen);
    else if (key == '\n' || key == '\r' || key == KEY_ENTER)
        end_marking(screen);
}

static void class_key(struct screen *screen, int key)
{
    if (key == '\n' || key == '\r' || key == KEY_ENTER) {
        review_classify(screen->review, (enum defect)screen->class_at);
        screen_enter_stage(screen);
    } else if (key >= '1' && key < '1' + DEFECT_COUNT) {
        screen->class_at = key - '1';
    } else if (key == KEY_UP || key == 'k') {
        screen->class_at = (screen->class_at + DEFECT_COUNT - 1) % DEFECT_COUNT;
    } else if (key == KEY_DOWN || key == 'j') {
        screen->class_at = (screen->class_at + 1) % DEFECT_COUNT;
    }
}

/* Which patch a key stands for, by letter or number; `count`: none. */
static size_t option_of(int key, size_t count)
{
    static const int firsts[] = {'A', 'a', '1'};
    for (size_t i = 0; i < sizeof(firsts) / sizeof(*firsts); i++) {
        if (key >= firsts[i] && (size_t)(key - firsts[i]) < count)
            return (size_t)(key - firsts[i]);
    }
    return count;
}

static void patch_key(struct screen *screen, int key)
{
    size_t count = round_of(screen)->option_count;
    if (key == '\n' || key == '\r' || key == KEY_ENTER) {
        if (screen->view != VIEW_OPTION) {
            look_at(screen, VIEW_OPTION);
            return;
        }
        review_pick(screen->review, screen->option);
        screen_enter_stage(screen);
    } else if (key == KEY_LEFT) {
        choose_option(screen, (screen->option + count - 1) % count);
    } else if (key == KEY_RIGHT) {
        choose_option(screen, (screen->option + 1) % count);
    } else if (option_of(key, count) < count) {
        choose_option(screen, option_of(key, count));
    }
}

static void truth_key(struct screen *screen, int key)
{
    if (key == 'n') {
        review_next(screen->review);
        screen_enter_stage(screen);
    } else if (key == ' ') {
        move_key(screen, 'f');
    } else if (key == 'p') {
        look_at(screen, screen->view == VIEW_TRUTH ? VIEW_PROGRAM : VIEW_TRUTH);
    } else if (key == '\t') {
        next_part(screen);
    }
}

static void stage_key(struct screen *screen, int key)
{
    static void (*const keys[STAGE_COUNT])(struct screen *, int) = {
        [STAGE_VERDICT] = verdict_key, [STAGE_LINES] = lines_key, [STAGE_CLASS] = class_key,
        [STAGE_PATCH] = patch_key,     [STAGE_TRUTH] = truth_key,
    };
    enum stage stage = session_of(screen)->stage;
    bool menu =
        stage == STAGE_CLASS && (key == KEY_UP || key == KEY_DOWN || key == 'j' || key == 'k');
    bool letter = stage == STAGE_PATCH &&
                  option_of(key, round_of(screen)->option_count) < round_of(screen)->option_count;
    if (!menu && !letter && move_key(screen, key))
        return;
    if (key == '\t' && stage != STAGE_TRUTH)
        turn(screen);
    else if (key == 'h' && stage != STAGE_TRUTH)
        take_hint(screen);
    else
        keys[stage](screen, key);
}

/* Whether the session is left. */
bool screen_key(struct screen *screen, int key)
{
    if (screen->asks_to_quit) {
        screen->asks_to_quit = false;
        return key == 'y' || key == 'Y' || key == 'q';
    }
    screen_say(screen, NULL);
    if (key != '\n' && key != '\r' && key != KEY_ENTER)
        screen->asks_to_go_on = false;
    if (screen->view == VIEW_HELP) {
        if (!move_key(screen, key))
            look_at(screen, screen->before_help);
    } else if (key == 'q') {
        screen->asks_to_quit = true;
    } else if (key == '?' || key == KEY_F(1)) {
        screen->before_help = screen->view;
        look_at(screen, VIEW_HELP);
    } else {
        stage_key(screen, key);
    }
    return false;
}
