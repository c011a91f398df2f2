#include "present/review_key.h"

#include "model/memory.h"

#include <stdlib.h>

enum { INDENT = 4 };

static const char *source_id(const struct candidate *what)
{
    return what->change ? what->change->id : what->pair->id;
}

/* "12, 14-16" of the lines that are this to the bug; NULL: there are none. */
static char *lines_of(const struct round *round, enum line_part part)
{
    char *text = NULL;
    for (size_t i = 0; i < round->program.line_count; i++) {
        if (round->parts[i] != part)
            continue;
        size_t last = i;
        while (last + 1 < round->program.line_count && round->parts[last + 1] == part)
            last++;
        char *longer =
            last > i ? xasprintf("%s%s%zu-%zu", text ? text : "", text ? ", " : "", i + 1, last + 1)
                     : xasprintf("%s%s%zu", text ? text : "", text ? ", " : "", i + 1);
        free(text);
        text = longer;
        i = last;
    }
    return text;
}

static void print_part(FILE *out, const struct style *style, const char *label, const char *text)
{
    char *line = xasprintf("%s: %s", label, text);
    fprintf(out, "%*s", INDENT, "");
    print_wrapped(out, style, INDENT + 2, line);
    free(line);
}

static void print_lines(FILE *out, const struct style *style, const struct round *round)
{
    char *wanted = lines_of(round, LINE_WANTED);
    char *neutral = lines_of(round, LINE_NEUTRAL);
    if (wanted)
        print_part(out, style, "lines", wanted);
    if (neutral)
        print_part(out, style, "beside it", neutral);
    free(wanted);
    free(neutral);
}

static void print_classes(FILE *out, const struct style *style, const struct round *round)
{
    char *text = NULL;
    for (enum defect defect = 0; defect < DEFECT_COUNT; defect++) {
        if (!round->classes[defect])
            continue;
        char *longer =
            xasprintf("%s%s%s", text ? text : "", text ? "; or " : "", review_class(defect));
        free(text);
        text = longer;
    }
    if (text)
        print_part(out, style, "bug", text);
    free(text);
}

static const char *option_kind(const struct patch_option *option)
{
    static const char *const kinds[] = {
        [PATCH_MOVES] = "wrong, it moves the bug",
        [PATCH_HIDES] = "wrong, it hides the bug",
        [PATCH_SERIAL] = "wrong, it takes the concurrency away",
    };
    if (option->right)
        return "right";
    return option->kind ? kinds[option->kind] : "wrong, the bug is there";
}

static void print_options(FILE *out, const struct style *style, const struct round *round)
{
    for (size_t i = 0; i < round->option_count; i++) {
        const struct patch_option *option = &round->options[i];
        char *label = xasprintf("patch %c", (char)('A' + i));
        char *text = xasprintf("%s: %s", option_kind(option), option->why ? option->why : "");
        print_part(out, style, label, text);
        free(label);
        free(text);
    }
}

void review_key_print(FILE *out, const struct style *style, const struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->count; i++) {
        const struct round *round = &rounds->items[i];
        const struct candidate *what = &round->what;
        const struct lesson *lesson = what->change ? &what->change->lesson : &what->pair->lesson;
        fprintf(out, "%s%sround %zu: %s%s, %s/%s\n", i > 0 ? "\n" : "", style_bold(style), i + 1,
                what->polarity == BUGGY ? "reject" : "accept", style_end(style),
                polarity_word(what->polarity), source_id(what));
        print_part(out, style, "about", lesson->title ? lesson->title : "");
        print_classes(out, style, round);
        print_lines(out, style, round);
        if (what->polarity == BUGGY || what->change)
            print_part(out, style, "why", lesson->why ? lesson->why : "");
        else
            print_part(out, style, "right because", lesson->fix ? lesson->fix : "");
        print_options(out, style, round);
    }
}
