#include "present/schedule.h"

#include "model/memory.h"
#include "present/block.h"
#include "present/schedule_text.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIPE_WIDTH = 100,
    LEAST_WIDTH = 60,
    LEAST_COLUMN = 24,
    MOST_COLUMN = 60,
    MOST_COLUMNS = 8,
    MOST_STEPS = 120,
};

struct table {
    FILE *out;
    const struct style *style;
    const struct schedule *schedule;
    const struct schedule_options *options;
    const char *file;             /* that all places share; NULL */
    size_t columns[MOST_COLUMNS]; /* the threads */
    size_t count;
    bool others; /* the last column is for all other threads */
    int margin;  /* columns of the step's number and its mark */
    int width;   /* of a thread's column, the rule before it included */
};

struct schedule_options schedule_options_for(FILE *out, const struct style *style)
{
    struct schedule_options options = {.most = MOST_STEPS};
    locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
    (void)out;
    options.lines = style->width > 0 && style->width < LEAST_WIDTH;
    if (locale) {
        options.utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
        freelocale(locale);
    }
    return options;
}

static const char *rule(const struct table *table)
{
    return table->options->utf8 ? "\xe2\x94\x82 " : "| ";
}

static const char *paint(const struct table *table, bool fatal)
{
    return fatal ? style_verdict(table->style, VERDICT_ERROR) : style_bold(table->style);
}

static int columns_of(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* One line: `margin` and a cell for each column (NULL: empty). */
static void print_line(const struct table *table, const char *margin, char *const *cells,
                       const char *begin)
{
    fprintf(table->out, "%s%s%s%*s", begin, margin, *begin ? style_end(table->style) : "",
            table->margin - columns_of(margin), "");
    for (size_t i = 0; i < table->count; i++) {
        const char *text = cells[i] ? cells[i] : "";
        bool last = i + 1 == table->count;
        if (last && !*text) {
            fputs(table->options->utf8 ? "\xe2\x94\x82" : "|", table->out);
            continue;
        }
        fprintf(table->out, "%s%s%s%s%*s", rule(table), *text ? begin : "", text,
                *text && *begin ? style_end(table->style) : "",
                last ? 0 : table->width - 2 - columns_of(text), "");
    }
    fputc('\n', table->out);
}

/* All cells' lines side by side, the first of them with `margin`. */
static void print_blocks(const struct table *table, const char *margin, const struct block *blocks,
                         bool fatal)
{
    size_t lines = 0;
    for (size_t c = 0; c < table->count; c++)
        lines = blocks[c].count > lines ? blocks[c].count : lines;
    for (size_t i = 0; i < lines; i++) {
        char *cells[MOST_COLUMNS] = {NULL};
        bool bold = false;
        for (size_t c = 0; c < table->count; c++) {
            if (i >= blocks[c].count)
                continue;
            cells[c] = blocks[c].lines[i].text;
            bold = bold || blocks[c].lines[i].bold;
        }
        print_line(table, i == 0 ? margin : "", cells, bold || fatal ? paint(table, fatal) : "");
    }
}

static void release_blocks(const struct table *table, struct block *blocks)
{
    for (size_t c = 0; c < table->count; c++)
        block_release(&blocks[c]);
}

static size_t column_of(const struct table *table, size_t thread)
{
    size_t own = table->count - table->others;
    for (size_t c = 0; c < own; c++) {
        if (table->columns[c] == thread)
            return c;
    }
    return own; /* the others' */
}

/* Threads that take part have a column each, as far as these fit. */
static void lay_out(struct table *table)
{
    const struct schedule *schedule = table->schedule;
    int room = (table->style->width > 0 ? table->style->width : PIPE_WIDTH);
    size_t parts = 0;
    table->margin = 5;
    for (size_t steps = schedule->step_count; steps > 99; steps /= 10)
        table->margin++;
    room -= table->margin;
    size_t most = (size_t)(room / LEAST_COLUMN);
    most = most < 1 ? 1 : most < MOST_COLUMNS ? most : MOST_COLUMNS;
    for (size_t i = 0; i < schedule->thread_count; i++)
        parts += schedule_takes_part(schedule, i);
    table->others = parts > most;
    for (size_t i = 0; i < schedule->thread_count && table->count + table->others < most; i++) {
        if (schedule_takes_part(schedule, i))
            table->columns[table->count++] = i;
    }
    table->count += table->others;
    table->width = table->count > 0 ? room / (int)table->count : room;
    table->width = table->width < MOST_COLUMN ? table->width : MOST_COLUMN;
}

static void add_line(const struct table *table, struct block *block, bool bold, const char *text)
{
    block_add(block, bold, table->width - 3, text);
}

/* The same, wrapped; what has no blank to be broken at is cut. */
static void add_wrapped(const struct table *table, struct block *block, bool bold, int indent,
                        const char *text)
{
    struct block wrapped = {0};
    block_wrap(&wrapped, bold, table->width - 3 - indent, 2, text);
    for (size_t i = 0; i < wrapped.count; i++) {
        char *line = xasprintf("%*s%s", indent, "", wrapped.lines[i].text);
        add_line(table, block, bold, line);
        free(line);
    }
    block_release(&wrapped);
}

static void print_head(const struct table *table)
{
    struct block blocks[MOST_COLUMNS] = {0};
    size_t own = table->count - table->others;
    for (size_t c = 0; c < own; c++) {
        const struct schedule_thread *thread = &table->schedule->threads[table->columns[c]];
        add_line(table, &blocks[c], true, thread->label);
        if (thread->function && strcmp(thread->function, thread->label) != 0)
            add_line(table, &blocks[c], false, thread->function);
    }
    if (table->others)
        add_line(table, &blocks[own], true, "other threads");
    print_blocks(table, "", blocks, false);
    release_blocks(table, blocks);
    const char *dash = table->options->utf8 ? "\xe2\x94\x80" : "-";
    for (int i = 0; i < table->margin + (int)table->count * table->width - 1; i++) {
        bool cross = i >= table->margin && (i - table->margin) % table->width == 0;
        fputs(!cross ? dash : table->options->utf8 ? "\xe2\x94\xbc" : "+", table->out);
    }
    fputc('\n', table->out);
}

/* A line for its own, in the column of the thread. */
static void print_note(const struct table *table, size_t thread, char *text, const char *mark)
{
    struct block blocks[MOST_COLUMNS] = {0};
    size_t column = column_of(table, thread);
    if (text && column < table->count) {
        add_wrapped(table, &blocks[column], false, 0, text);
        print_blocks(table, mark, blocks, false);
        release_blocks(table, blocks);
    }
    free(text);
}

static void print_step(const struct table *table, size_t index)
{
    const struct schedule_step *step = &table->schedule->steps[index];
    struct block blocks[MOST_COLUMNS] = {0};
    size_t column = column_of(table, step->thread);
    if (column >= table->count)
        return;
    char *place = schedule_place(&step->place, table->file);
    char *act = schedule_act(step);
    const char *label =
        table->others && column + 1 == table->count && step->thread < table->schedule->thread_count
            ? table->schedule->threads[step->thread].label
            : "";
    const char *line = table->file && *place == ':' ? place + 1 : place;
    char *text = xasprintf("%s%s%s%s%s", label, *label ? ", " : "", line, *line ? "  " : "",
                           step->source ? step->source : act);
    const char *fatal = table->options->utf8 ? "\xe2\x9c\x97" : "X";
    char *margin = xasprintf("%s%*zu", step->fatal ? fatal : " ", table->margin - 2, index + 1);
    add_line(table, &blocks[column], step->fatal, text);
    if (step->source) /* below the source, not below the number of its line */
        add_wrapped(table, &blocks[column], false, 2, act);
    print_blocks(table, margin, blocks, step->fatal);
    release_blocks(table, blocks);
    free(margin);
    free(text);
    free(act);
    free(place);
}

static void print_steps(const struct table *table)
{
    const struct schedule *schedule = table->schedule;
    bool *chosen = schedule_chosen(schedule, table->options->most);
    for (size_t i = 0; i < schedule->step_count; i++) {
        size_t skipped = 0;
        char *gap = schedule_gap(schedule, chosen, i, &skipped);
        if (gap) {
            print_note(table, schedule->steps[i].thread, gap, "");
            i += skipped - 1;
            continue;
        }
        char *preempted = schedule_preempted(schedule, i);
        if (preempted)
            print_note(table, schedule->steps[i - 1].thread, preempted,
                       table->options->utf8 ? " \xe2\x86\xb7" : " >");
        print_step(table, i);
        print_note(table, schedule->steps[i].thread, schedule_again(&schedule->steps[i]), "");
    }
    free(chosen);
}

static void print_end(const struct table *table)
{
    struct block blocks[MOST_COLUMNS] = {0};
    bool any = false;
    for (size_t i = 0; i < table->schedule->thread_count; i++) {
        const struct schedule_thread *thread = &table->schedule->threads[i];
        size_t column = column_of(table, i);
        bool other = table->others && column + 1 == table->count;
        if (column >= table->count || !schedule_takes_part(table->schedule, i) ||
            (other && !thread->waits))
            continue;
        any = any || thread->waits;
        char *standing = schedule_standing(thread, table->file);
        char *text = xasprintf("%s%s%s", other ? thread->label : "", other ? " " : "", standing);
        add_wrapped(table, &blocks[column], thread->waits != NULL, 0, text);
        free(text);
        free(standing);
    }
    if (any)
        print_blocks(table, " end", blocks, false);
    release_blocks(table, blocks);
}

void schedule_print(FILE *out, const struct style *style, const struct schedule *schedule,
                    const struct schedule_options *options)
{
    struct table table = {.out = out,
                          .style = style,
                          .schedule = schedule,
                          .options = options,
                          .file = schedule_file(schedule)};
    if (options->lines) {
        schedule_print_lines(out, style, schedule, options);
        return;
    }
    lay_out(&table);
    if (table.count == 0)
        return;
    if (table.file) {
        char *file = inert_line(table.file);
        fprintf(out, "Numbers before the source are lines of %s.\n\n", file);
        free(file);
    }
    print_head(&table);
    print_steps(&table);
    print_end(&table);
    char *idle = schedule_idle(schedule);
    if (idle) {
        char *text = xasprintf("Without a part in it: %s.", idle);
        char *inert = inert_line(text);
        print_wrapped(out, style, 0, inert);
        free(inert);
        free(text);
    }
    free(idle);
}
