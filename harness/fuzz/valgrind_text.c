/* detect/valgrind_text.h: line by line, and as text_lines.h takes pieces apart. */
#include "detect/valgrind_text.h"

#include "detect/text_lines.h"

#include "fuzz/fuzz.h"

struct fed {
    struct valgrind_text *reader;
    struct text_lines lines;
};

static void take_line(struct span line, void *user)
{
    struct fed *fed = user;
    valgrind_text_feed(fed->reader, line.text, line.length);
}

static void feed(const char *piece, size_t length, void *user)
{
    struct fed *fed = user;
    text_lines_feed(&fed->lines, piece, length, take_line, fed);
}

static void check(const struct valgrind_log *log, const struct valgrind_log *pieces, size_t lines)
{
    fuzz_check_findings(&log->findings, lines);
    for (size_t i = 0; i < log->findings.count; i++) {
        const struct finding *finding = &log->findings.items[i];
        assert(finding->raw_line >= 1 && finding->raw_line <= lines);
        assert(finding->raw && finding->raw[0]);
    }
    assert(log->processes <= lines);
    assert(log->finished <= log->processes);
    assert(log->processes > 0 || log->findings.count == 0);
    assert(log->processes == pieces->processes && log->finished == pieces->finished);
    fuzz_check_same_text(log->version, pieces->version);
    fuzz_check_same(&log->findings, &pieces->findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *own_source = size % 2 == 0 ? "/lab/" : NULL;
    size_t lines = fuzz_lines(data, size);
    struct valgrind_log helgrind;
    struct valgrind_log drd;
    struct valgrind_log helgrind_pieces;
    struct valgrind_log drd_pieces;

    fuzz_memory_begin();
    struct valgrind_text *reader = valgrind_text_new(own_source, NULL);
    struct span rest = {(const char *)data, size};
    while (rest.length > 0) {
        struct span line = span_line(&rest);
        valgrind_text_feed(reader, line.text, line.length);
    }
    valgrind_text_end(reader, &helgrind, &drd);
    fuzz_memory_end(size);

    struct fed fed = {.reader = valgrind_text_new(own_source, NULL)};
    fuzz_feed_pieces(data, size, feed, &fed);
    text_lines_end(&fed.lines, take_line, &fed);
    valgrind_text_end(fed.reader, &helgrind_pieces, &drd_pieces);
    check(&helgrind, &helgrind_pieces, lines);
    check(&drd, &drd_pieces, lines);

    valgrind_log_release(&helgrind);
    valgrind_log_release(&drd);
    valgrind_log_release(&helgrind_pieces);
    valgrind_log_release(&drd_pieces);
    return 0;
}
