/* detect/go_text.h: line by line, and as text_lines.h takes pieces apart. */
#include "detect/go_text.h"

#include "fuzz/fuzz.h"

#include <stdlib.h>

struct fed {
    struct go_reader *reader;
    struct text_lines lines;
    size_t line;
};

static void take_line(struct span line, void *user)
{
    struct fed *fed = user;
    go_reader_line(fed->reader, line, ++fed->line);
}

static void feed(const char *piece, size_t length, void *user)
{
    struct fed *fed = user;
    text_lines_feed(&fed->lines, piece, length, take_line, fed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *own_source = size % 2 == 0 ? "/lab/" : NULL;
    struct findings whole = {0};
    struct findings pieces = {0};
    size_t lines = fuzz_lines(data, size);

    fuzz_memory_begin();
    struct go_reader *reader = go_reader_new(own_source, &whole);
    struct span rest = {(const char *)data, size};
    for (size_t line = 1; rest.length > 0; line++) {
        struct span cut = span_line(&rest);
        if (cut.length > TEXT_LINE_ROOM)
            cut.length = TEXT_LINE_ROOM;
        go_reader_line(reader, cut, line);
    }
    char *whole_trouble = go_reader_end(reader);
    fuzz_memory_end(size);
    fuzz_check_findings(&whole, lines);
    fuzz_check_raw(&whole, lines);

    struct fed fed = {.reader = go_reader_new(own_source, &pieces)};
    fuzz_feed_pieces(data, size, feed, &fed);
    text_lines_end(&fed.lines, take_line, &fed);
    char *pieces_trouble = go_reader_end(fed.reader);
    assert(fed.line == lines);
    fuzz_check_same(&whole, &pieces);
    fuzz_check_same_text(whole_trouble, pieces_trouble);

    free(whole_trouble);
    free(pieces_trouble);
    findings_release(&whole);
    findings_release(&pieces);
    return 0;
}
