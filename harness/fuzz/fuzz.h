/*
 * What the targets of libFuzzer have in common.
 *
 * A target is one file: it gives the bytes to a reader of text that comes from outside, and asserts what
 * the reader's header promises. ASan and UBSan watch for the rest. Targets are built with the preset
 * `asan`, where CTest runs each for a moment (label fuzz), and with the preset `fuzz`, which scripts/fuzz
 * runs for as long as one likes.
 *
 * Seeds are read where they are: the recorded reports in detect/testdata and the corpus's own sources.
 * Beside this file, corpus/TARGET has what fuzzing found worth keeping, regressions/TARGET each input that
 * ever broke something, and TARGET.dict words for the mutations. To keep what a long run found:
 *     build/fuzz/fuzz/TARGET -merge=1 harness/fuzz/corpus/TARGET FOUND...
 */
#ifndef RACELAB_FUZZ_FUZZ_H
#define RACELAB_FUZZ_FUZZ_H

#include "model/finding.h"

#include <stdint.h>

#ifdef NDEBUG
#error "The targets say by assert what they find."
#endif
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many lines a text has, the last one without a newline included. */
size_t fuzz_lines(const uint8_t *data, size_t size);

/* Gives a text to the reader in pieces, whose sizes are the values of the text's own last bytes. */
typedef void fuzz_feed_fn(const char *piece, size_t length, void *user);
void fuzz_feed_pieces(const uint8_t *data, size_t size, fuzz_feed_fn *feed, void *user);

/* What holds of every reader's findings: at most `most` of them, ... */
void fuzz_check_findings(const struct findings *findings, size_t most);
/* ... of the readers of text: each has its report, a stretch of the log's lines, and begins behind the one
 * before ... */
void fuzz_check_raw(const struct findings *findings, size_t lines);
/* ... and that both are the same in everything. */
void fuzz_check_same(const struct findings *one, const struct findings *other);
void fuzz_check_same_text(const char *one, const char *other);

/* Valid UTF-8 without control characters, newlines and tabs aside. */
void fuzz_check_inert(const char *text, size_t length);

/*
 * What is allocated between the two, and not yet freed, may at no moment be more than
 * FUZZ_ROOM and FUZZ_ROOM_A_BYTE for each byte of the input: memory is linear.
 */
#define FUZZ_ROOM        ((size_t)8 << 20)
#define FUZZ_ROOM_A_BYTE 512
void fuzz_memory_begin(void);
void fuzz_memory_end(size_t input);

#endif
