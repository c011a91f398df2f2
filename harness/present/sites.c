#include "present/sites.h"

#include "judge/sentence.h"
#include "model/memory.h"
#include "present/block.h"

#include <stdlib.h>
#include <string.h>

enum {
    INDENT = 3,
    GAP = 3,
    WIDE = 100,         /* columns from which two sites stand side by side */
    AROUND = 2,         /* lines shown before and after a site's own */
    TAB = 4,            /* columns; narrower than in most editors, to fit two sources */
    MOST_COLUMNS = 160, /* of a line of source where the output is no terminal */
    MOST_FRAMES = 24,   /* of one stack */
};

struct view {
    FILE *out;
    const struct style *style;
    const struct inspection *inspection;
    source_line_fn *line;
    void *user;
    int width; /* of one column; 0: no limit */
};

static char *place_text(const struct view *view, const char *file, int line)
{
    if (file && line > 0)
        return xasprintf("%s:%d", inspection_path(view->inspection, file), line);
    return xstrdup(file ? inspection_path(view->inspection, file) : "an unknown line");
}

static char *expand_tabs(char *text)
{
    size_t tabs = 0;
    for (const char *at = text; *at; at++)
        tabs += *at == '\t';
    char *wide = xcalloc(strlen(text) + tabs * TAB + 1, 1);
    size_t used = 0;
    for (const char *at = text; *at; at++) {
        if (*at != '\t') {
            wide[used++] = *at;
            continue;
        }
        do
            wide[used++] = ' ';
        while (used % TAB != 0);
    }
    free(text);
    return wide;
}

/* The lines around a site, without the indentation that they share. */
static void add_source(const struct view *view, struct block *block, const struct site *site)
{
    char *lines[2 * AROUND + 1] = {0};
    size_t shared = SIZE_MAX;
    for (int i = 0; i <= 2 * AROUND; i++) {
        char *text = view->line(site->file, site->line - AROUND + i, view->user);
        if (!text)
            continue;
        lines[i] = expand_tabs(text);
        size_t blanks = strspn(lines[i], " ");
        if (lines[i][blanks] && blanks < shared)
            shared = blanks;
    }
    for (int i = 0; lines[AROUND] && i <= 2 * AROUND; i++) {
        if (!lines[i])
            continue;
        size_t skip = strspn(lines[i], " ");
        skip = skip < shared ? skip : shared;
        const char *rest = lines[i] + skip;
        char *text = xasprintf("%c %5d |%s%s", i == AROUND ? '>' : ' ', site->line - AROUND + i,
                               *rest ? " " : "", rest);
        block_add(block, i == AROUND, view->width ? view->width : MOST_COLUMNS, text);
        free(text);
    }
    for (int i = 0; i <= 2 * AROUND; i++)
        free(lines[i]);
}

static void add_fold(const struct view *view, struct block *block, const struct stack *stack,
                     size_t first, size_t count)
{
    if (count == 0)
        return;
    const char *name = stack->frames[first].function;
    char *text = count == 1 && name ? xasprintf("... %s, of a library or the tool", name)
                 : name ? xasprintf("... %s and %zu more of libraries or the tool", name, count - 1)
                        : xasprintf("... %zu of libraries or the tool", count);
    block_wrap(block, false, view->width, 4, text);
    free(text);
}

static size_t own_frames(const struct stack *stack)
{
    size_t own = 0;
    for (size_t i = 0; i < stack->count; i++)
        own += !frame_is_foreign(&stack->frames[i]);
    return own;
}

/* Who called the site, innermost first. */
static void add_stack(const struct view *view, struct block *block, const struct site *site)
{
    const struct stack *stack = &site->stack;
    size_t own = own_frames(stack);
    if (own < 2)
        return;
    size_t folded = 0;
    size_t shown = 0;
    for (size_t i = 0; i < stack->count; i++) {
        const struct frame *frame = &stack->frames[i];
        if (frame_is_foreign(frame)) {
            folded++;
            continue;
        }
        add_fold(view, block, stack, i - folded, folded);
        folded = 0;
        if (shown++ == 0 && frame->line == site->line)
            continue; /* the site itself */
        if (shown > MOST_FRAMES) {
            char *text = xasprintf("... and %zu more", own - MOST_FRAMES);
            block_add(block, false, view->width, text);
            free(text);
            return;
        }
        char *place = place_text(view, frame->file, frame->line);
        char *text = xasprintf("%s %s at %s", shown == 1 ? "in" : "by",
                               frame->function ? frame->function : "(no symbol)", place);
        block_wrap(block, false, view->width, 4, text);
        free(text);
        free(place);
    }
    add_fold(view, block, stack, stack->count - folded, folded);
}

static char *deed_text(const struct site *site)
{
    char *deed = xasprintf("%s %s", site->thread ? site->thread : "a thread",
                           site->act ? site->act : "stands here");
    char *text = NULL;
    if (site_names_locks(site))
        text = xasprintf("%s, holding %s", deed, site->locks);
    else if (site->locks_held == 0)
        text = xasprintf("%s, holding no lock", deed);
    else if (site->locks_held > 0)
        text = xasprintf("%s, holding %d lock%s", deed, site->locks_held,
                         site->locks_held == 1 ? "" : "s");
    if (!text)
        return deed;
    free(deed);
    return text;
}

static bool same_place(const struct site *left, const struct site *right)
{
    return left->file && right->file && left->line > 0 && left->line == right->line &&
           strcmp(left->file, right->file) == 0;
}

static bool same_text(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static bool same_stack(const struct stack *left, const struct stack *right)
{
    bool same = left->count == right->count;
    for (size_t i = 0; same && i < left->count; i++) {
        const struct frame *one = &left->frames[i];
        const struct frame *other = &right->frames[i];
        same = one->line == other->line && same_text(one->file, other->file) &&
               same_text(one->function, other->function);
    }
    return same;
}

/* The callers of two sites on one line: once where they are the same, else each under its thread. */
static void add_both_stacks(const struct view *view, struct block *block, const struct site *site,
                            const struct site *also)
{
    const struct site *both[] = {site, also};
    if (same_stack(&site->stack, &also->stack)) {
        add_stack(view, block, site);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (own_frames(&both[i]->stack) < 2)
            continue;
        char *thread = xasprintf("%s:", both[i]->thread ? both[i]->thread : "a thread");
        block_add(block, false, view->width, thread);
        free(thread);
        add_stack(view, block, both[i]);
    }
}

/* `also`, where it is not NULL, stands on the same line. */
static void add_site(const struct view *view, struct block *block, const struct site *site,
                     const struct site *also)
{
    const struct site *both[] = {site, also};
    size_t count = also ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        char *deed = deed_text(both[i]);
        block_wrap(block, true, view->width, 4, deed);
        free(deed);
    }
    char *place = place_text(view, site->file, site->line);
    char *text = site->function ? xasprintf("%s in %s", place, site->function) : xstrdup(place);
    block_wrap(block, false, view->width, 4, text);
    free(text);
    free(place);
    if (view->line && site->file && site->line > 0)
        add_source(view, block, site);
    if (also)
        add_both_stacks(view, block, site, also);
    else
        add_stack(view, block, site);
}

static bool same_thread(const struct site *left, const struct site *right)
{
    return left->thread && right->thread && strcmp(left->thread, right->thread) == 0;
}

/* Of two threads with two places each, every thread gets a column of its own. */
static size_t order(const struct finding *finding, size_t i)
{
    static const size_t by_thread[] = {0, 2, 1, 3};
    const struct site *sites = finding->sites;
    bool two_by_two = finding->site_count == 4 && same_thread(&sites[0], &sites[1]) &&
                      same_thread(&sites[2], &sites[3]) && !same_thread(&sites[0], &sites[2]);
    return two_by_two ? by_thread[i] : i;
}

static void print_sites(const struct view *view, const struct finding *finding)
{
    const struct site *sites = finding->sites;
    if (finding->site_count == 2 && same_place(&sites[0], &sites[1])) {
        struct view whole = *view;
        whole.width = view->style->width > INDENT ? view->style->width - INDENT : 0;
        struct block block = {0};
        add_site(&whole, &block, &sites[0], &sites[1]);
        fputc('\n', view->out);
        block_print(view->out, view->style, INDENT, &block, 0, NULL);
        block_release(&block);
        return;
    }
    bool wide = view->style->width >= WIDE;
    for (size_t i = 0; i < finding->site_count; i += wide ? 2 : 1) {
        struct block left = {0};
        struct block right = {0};
        bool both = wide && i + 1 < finding->site_count;
        add_site(view, &left, &sites[wide ? order(finding, i) : i], NULL);
        if (both)
            add_site(view, &right, &sites[order(finding, i + 1)], NULL);
        fputc('\n', view->out);
        block_print(view->out, view->style, INDENT, &left, view->width + GAP, both ? &right : NULL);
        block_release(&left);
        block_release(&right);
    }
}

/* What is told of a background, without its place; NULL: nothing. */
static char *background_text(const struct background *background)
{
    switch (background->kind) {
    case THREAD_MADE:
        return xasprintf("%s was made", background->subject ? background->subject : "a thread");
    case ALLOCATED:
        return background->subject
                   ? xasprintf("the memory was allocated by %s", background->subject)
                   : xstrdup("the memory was allocated");
    case LOCK_SEEN:
        return xasprintf("%s was made or first seen",
                         background->subject ? background->subject : "a lock");
    case OTHER_STACK:
        break;
    }
    return background->text ? xstrdup(background->text) : NULL;
}

static void print_backgrounds(const struct view *view, const struct finding *finding)
{
    struct block block = {0};
    int width = view->style->width > INDENT ? view->style->width - INDENT : 0;
    for (size_t i = 0; i < finding->background_count; i++) {
        const struct background *background = &finding->backgrounds[i];
        const struct frame *frame = stack_own_frame(&background->stack, NULL);
        char *what = background_text(background);
        if (!what)
            continue;
        char *place = frame ? place_text(view, frame->file, frame->line) : NULL;
        char *text = place ? xasprintf("%s at %s%s%s", what, place, frame->function ? " in " : "",
                                       frame->function ? frame->function : "")
                           : xstrdup(what);
        block_wrap(&block, false, width, 4, text);
        free(text);
        free(place);
        free(what);
    }
    if (block.count > 0)
        fputc('\n', view->out);
    block_print(view->out, view->style, INDENT, &block, 0, NULL);
    block_release(&block);
}

void sites_print(FILE *out, const struct style *style, const struct inspection *inspection,
                 const struct finding *finding, source_line_fn *line, void *user)
{
    int width = style->width > INDENT ? style->width - INDENT : 0;
    if (style->width >= WIDE)
        width = (width - GAP) / 2;
    struct view view = {out, style, inspection, line, user, width};
    print_sites(&view, finding);
    print_backgrounds(&view, finding);
}
