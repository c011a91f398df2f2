/* The parts of the full screen of a review: what it is showing, and its drawing. */
#ifndef RACELAB_CLI_REVIEW_SCREEN_H
#define RACELAB_CLI_REVIEW_SCREEN_H

#include "cli/review.h"

#include <wchar.h>

/* What the pane shows. */
enum view {
    VIEW_PROGRAM,
    VIEW_CHANGE,
    VIEW_OPTION, /* the patch `option` */
    VIEW_TRUTH,
    VIEW_HELP,
};

/* A row of the pane: a part of a line of the page. */
struct row {
    size_t line;
    size_t from, length; /* in wide characters of its text */
};

struct screen {
    struct review *review;
    enum view view;
    enum view before_help;
    struct page page; /* of the view */
    wchar_t **wide;   /* the texts of its lines */
    struct row *rows; /* for `columns` */
    size_t row_count;
    int columns;   /* 0: the rows are to be laid out anew */
    size_t top;    /* row */
    size_t cursor; /* line; where lines can be chosen */
    int height;    /* rows of the pane, as last drawn */
    size_t option;
    int class_at; /* of the menu */
    bool asks_to_quit;
    bool asks_to_go_on; /* no line is marked */
    char *message;      /* one line; or NULL */
    bool told_unkept;   /* that something could not be kept */
    bool colour;
};

enum { SCREEN_GUTTER = 8 }; /* before code: cursor, mark, number, sign and a blank */

/* In review_screen_keys.c. */

/* Shows what a stage begins with. */
void screen_enter_stage(struct screen *screen);
/* Whether the session is left by it. */
bool screen_key(struct screen *screen, int key);
/* Takes over the message; NULL takes it away. */
void screen_say(struct screen *screen, char *message);

/* In review_screen_page.c. */

/* Of UTF-8, from malloc; where the locale has another encoding, what is beyond ASCII is a question mark. */
wchar_t *screen_widen(const char *text);
/* How many characters from `from` on stand in so many columns; where `words`, broken at a blank if there is one. */
size_t screen_fit(const wchar_t *text, size_t from, int columns, bool words);
/* The columns by which a line's further rows are indented. */
int screen_hang(const struct screen *screen, size_t line);
/* Breaks the page into rows for the columns there are. */
void screen_lay_out(struct screen *screen);
/* Takes the view's page anew; `top` and `cursor` stay where they are, as far as there is something. */
void screen_load(struct screen *screen);
void screen_unload(struct screen *screen);
/* Whether the pane has a cursor: where lines can be marked. */
bool screen_has_cursor(const struct screen *screen);
/* Moves by rows or, with a cursor, by lines. */
void screen_move(struct screen *screen, long by);

/* In review_screen_draw.c. */
void screen_draw(struct screen *screen);

#endif
