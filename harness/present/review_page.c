#include "present/review_page.h"

#include "model/memory.h"
#include "present/style.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes over the text. */
static struct page_line *add(struct page *page, char *text)
{
    struct page_line *line = xappend((void **)&page->lines, &page->count, sizeof(*page->lines));
    line->text = inert_line(text);
    line->sign = ' ';
    free(text);
    return line;
}

void page_add(struct page *page, enum page_look look, int hang, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct page_line *line = add(page, xvasprintf(format, args));
    va_end(args);
    line->look = look;
    line->hang = hang;
}

/* The next line of *text, which moves behind it; from malloc. NULL at the end. */
static char *next_line(const char **text)
{
    const char *at = *text;
    if (!*at)
        return NULL;
    size_t length = strcspn(at, "\n");
    *text = at[length] ? at + length + 1 : at + length;
    return xstrndup(at, length);
}

void page_add_output(struct page *page, const char *text)
{
    for (char *next; (next = next_line(&text));) {
        struct page_line *line = add(page, next);
        line->hang = (int)strspn(line->text, " ") + 2;
    }
}

static enum page_look look_of(char sign)
{
    return sign == '+' ? LOOK_ADDED : sign == '-' ? LOOK_REMOVED : LOOK_PLAIN;
}

void page_diff(struct page *page, const char *diff)
{
    int number = 0;
    bool inside = false; /* a hunk: the two lines that name the files are none of it */
    page->code = true;
    for (char *next; (next = next_line(&diff));) {
        if (strncmp(next, "@@ ", 3) == 0) {
            const char *after = strchr(next, '+');
            number = after ? atoi(after + 1) : 1;
            inside = true;
            add(page, next)->look = LOOK_PLACE;
            continue;
        }
        if (!inside || (*next != '+' && *next != '-' && *next != ' ')) {
            free(next);
            continue;
        }
        char sign = *next;
        struct page_line *line = add(page, xstrdup(next + 1));
        line->look = look_of(sign);
        line->sign = sign;
        line->number = sign == '-' ? 0 : number++;
        free(next);
    }
}

void page_add_diff(struct page *page, const char *diff)
{
    struct page change = {0};
    page_diff(&change, diff);
    for (size_t i = 0; i < change.count; i++) {
        const struct page_line *line = &change.lines[i];
        page_add(page, line->look, 4, line->look == LOOK_PLACE ? "%s%s" : "  %s%s",
                 line->sign == '+'          ? "+ "
                 : line->sign == '-'        ? "- "
                 : line->look == LOOK_PLACE ? ""
                                            : "  ",
                 line->text);
    }
    page_release(&change);
}

void page_program(struct page *page, const struct shown *program, const char *diff)
{
    const char *text = program->text;
    page->code = true;
    size_t first = page->count;
    for (char *next; (next = next_line(&text));) {
        struct page_line *line = add(page, next);
        line->number = (int)(page->count - first);
    }
    struct page change = {0};
    page_diff(&change, diff ? diff : "");
    for (size_t i = 0; i < change.count; i++) {
        const struct page_line *line = &change.lines[i];
        size_t at = first + (size_t)line->number - 1;
        if (line->sign != '+' || at >= page->count)
            continue;
        page->lines[at].sign = '+';
        page->lines[at].look = LOOK_ADDED;
    }
    page_release(&change);
}

void page_release(struct page *page)
{
    for (size_t i = 0; i < page->count; i++)
        free(page->lines[i].text);
    free(page->lines);
    *page = (struct page){0};
}
