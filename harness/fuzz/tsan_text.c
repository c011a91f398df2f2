/* detect/tsan.h: a text in pieces and the same as a whole. */
#include "detect/tsan.h"

#include "fuzz/fuzz.h"

#include <stdlib.h>

static void feed(const char *piece, size_t length, void *user)
{
    tsan_reader_feed(user, piece, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *own_source = size % 2 == 0 ? "/lab/" : NULL;
    struct findings whole = {0};
    struct findings pieces = {0};
    bool whole_ran = false;
    bool pieces_ran = false;
    size_t lines = fuzz_lines(data, size);

    fuzz_memory_begin();
    char *whole_trouble =
        tsan_read_text((const char *)data, size, own_source, NULL, &whole, &whole_ran);
    fuzz_memory_end(size);
    fuzz_check_findings(&whole, lines);
    fuzz_check_raw(&whole, lines);

    struct tsan_reader *reader = tsan_reader_new(own_source, NULL, &pieces);
    fuzz_feed_pieces(data, size, feed, reader);
    char *pieces_trouble = tsan_reader_end(reader, &pieces_ran);
    fuzz_check_same(&whole, &pieces);
    fuzz_check_same_text(whole_trouble, pieces_trouble);
    assert(whole_ran == pieces_ran);

    free(whole_trouble);
    free(pieces_trouble);
    findings_release(&whole);
    findings_release(&pieces);
    return 0;
}
