#include "present/block.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

/* Columns of valid UTF-8, one a character. */
static int columns(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void add(struct block *block, bool bold, char *text)
{
    struct block_line *line = xappend((void **)&block->lines, &block->count, sizeof(*block->lines));
    line->text = text;
    line->bold = bold;
}

void block_add(struct block *block, bool bold, int width, const char *text)
{
    char *inert = inert_line(text);
    if (width > 3 && columns(inert) > width) {
        char *at = inert;
        for (int left = width - 3; left > 0; left--) {
            at++;
            while (((unsigned char)*at & 0xc0) == 0x80)
                at++;
        }
        char *cut = xasprintf("%.*s...", (int)(at - inert), inert);
        free(inert);
        inert = cut;
    }
    add(block, bold, inert);
}

void block_wrap(struct block *block, bool bold, int width, int indent, const char *text)
{
    struct style style = {.width = width > indent ? width - indent : 0};
    char *inert = inert_line(text);
    char *wrapped = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&wrapped, &length);
    if (out) {
        print_wrapped(out, &style, 0, inert);
        fclose(out);
    }
    bool first = true;
    for (char *at = wrapped; at && *at; first = false) {
        char *end = strchrnul(at, '\n');
        add(block, bold, xasprintf("%*s%.*s", first ? 0 : indent, "", (int)(end - at), at));
        at = *end ? end + 1 : end;
    }
    free(wrapped);
    free(inert);
}

static void print_line(FILE *out, const struct style *style, const struct block *block, size_t i)
{
    if (i >= block->count)
        return;
    const struct block_line *line = &block->lines[i];
    fprintf(out, "%s%s%s", line->bold ? style_bold(style) : "", line->text,
            line->bold ? style_end(style) : "");
}

void block_print(FILE *out, const struct style *style, int indent, const struct block *left,
                 int width, const struct block *right)
{
    size_t count = right && right->count > left->count ? right->count : left->count;
    for (size_t i = 0; i < count; i++) {
        bool both = right && i < right->count && right->lines[i].text[0];
        int used = i < left->count ? columns(left->lines[i].text) : 0;
        if (used > 0 || both)
            fprintf(out, "%*s", indent, "");
        print_line(out, style, left, i);
        if (both) {
            fprintf(out, "%*s", width > used ? width - used : 1, "");
            print_line(out, style, right, i);
        }
        fputc('\n', out);
    }
}

void block_release(struct block *block)
{
    for (size_t i = 0; i < block->count; i++)
        free(block->lines[i].text);
    free(block->lines);
    *block = (struct block){0};
}
