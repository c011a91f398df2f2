#include "fuzz/fuzz.h"

#include "model/memory.h"

#include <jansson.h>
#include <sanitizer/allocator_interface.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_SIZES = 8 };

/* Called by ASan. Its own memory for what is freed and for stacks would else be most of the work. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8:malloc_context_size=6";
}

size_t fuzz_lines(const uint8_t *data, size_t size)
{
    size_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    return lines + (size > 0 && data[size - 1] != '\n');
}

void fuzz_feed_pieces(const uint8_t *data, size_t size, fuzz_feed_fn *feed, void *user)
{
    size_t turn = 0;
    for (size_t at = 0; at < size; turn++) {
        size_t piece = (size_t)data[size - 1 - turn % (size < PIECE_SIZES ? size : PIECE_SIZES)];
        piece = piece == 0 ? 1 : piece;
        if (piece > size - at)
            piece = size - at;
        /* A copy of its own, so that reading past the piece shows. */
        char *copy = xcalloc(piece, 1);
        memcpy(copy, data + at, piece);
        feed(copy, piece, user);
        free(copy);
        at += piece;
    }
}

static void check_stack(const struct stack *stack)
{
    assert((stack->count == 0) == (stack->frames == NULL));
    for (size_t i = 0; i < stack->count; i++)
        assert(stack->frames[i].line >= 0);
}

static bool same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* A site is told at one of the frames of its stack, or nowhere. */
static void check_site(const struct site *site)
{
    check_stack(&site->stack);
    assert(site->line >= 0);
    assert(site->locks_held >= -1);
    bool in_stack = !site->file;
    for (size_t i = 0; i < site->stack.count && !in_stack; i++) {
        const struct frame *frame = &site->stack.frames[i];
        in_stack = frame->line == site->line && same(frame->file, site->file) &&
                   same(frame->function, site->function);
    }
    assert(in_stack);
}

void fuzz_check_findings(const struct findings *findings, size_t most)
{
    assert(findings->count <= most);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        assert((unsigned)finding->defect < DEFECT_COUNT);
        assert(finding->times >= 1);
        assert(finding->message && !strchr(finding->message, '\n'));
        for (size_t k = 0; k < finding->site_count; k++)
            check_site(&finding->sites[k]);
        for (size_t k = 0; k < finding->background_count; k++)
            check_stack(&finding->backgrounds[k].stack);
        char *sentence = finding_sentence(finding, NULL);
        assert(sentence && *sentence);
        free(sentence);
    }
}

void fuzz_check_raw(const struct findings *findings, size_t lines)
{
    size_t line = 0;
    size_t times = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        assert(finding->raw && finding->raw[0]);
        assert(finding->raw_line > line && finding->raw_line <= lines);
        line = finding->raw_line;
        times += finding->times;
    }
    assert(times <= lines);
}

void fuzz_check_same_text(const char *one, const char *other)
{
    assert(same(one, other));
}

static void check_same_stack(const struct stack *one, const struct stack *other)
{
    assert(one->count == other->count);
    for (size_t i = 0; i < one->count; i++) {
        const struct frame *a = &one->frames[i];
        const struct frame *b = &other->frames[i];
        assert(same(a->function, b->function));
        assert(same(a->file, b->file));
        assert(same(a->module, b->module));
        assert(a->line == b->line);
    }
}

static void check_same_finding(const struct finding *one, const struct finding *other)
{
    assert(one->defect == other->defect);
    assert(same(one->message, other->message));
    assert(same(one->object, other->object));
    assert(same(one->raw, other->raw));
    assert(one->no_common_lock == other->no_common_lock);
    assert(one->times == other->times);
    assert(one->raw_line == other->raw_line);
    assert(one->site_count == other->site_count);
    for (size_t i = 0; i < one->site_count; i++) {
        const struct site *a = &one->sites[i];
        const struct site *b = &other->sites[i];
        assert(same(a->file, b->file) && a->line == b->line);
        assert(same(a->function, b->function));
        assert(same(a->thread, b->thread));
        assert(same(a->act, b->act));
        assert(same(a->locks, b->locks) && a->locks_held == b->locks_held);
        check_same_stack(&a->stack, &b->stack);
    }
    assert(one->background_count == other->background_count);
    for (size_t i = 0; i < one->background_count; i++) {
        const struct background *a = &one->backgrounds[i];
        const struct background *b = &other->backgrounds[i];
        assert(a->kind == b->kind);
        assert(same(a->subject, b->subject));
        assert(same(a->text, b->text));
        check_same_stack(&a->stack, &b->stack);
    }
}

void fuzz_check_same(const struct findings *one, const struct findings *other)
{
    assert(one->count == other->count);
    for (size_t i = 0; i < one->count; i++)
        check_same_finding(&one->items[i], &other->items[i]);
}

void fuzz_check_inert(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        assert((c >= ' ' && c != 0x7f) || c == '\n' || c == '\t');
    }
    json_t *valid = json_stringn(text, length);
    assert(valid);
    json_decref(valid);
}

/* libFuzzer calls the targets on one thread, and so does the count of it. */
static bool counting;
static long long held;
static long long most_held;

static void allocated(const volatile void *memory, size_t size)
{
    (void)memory;
    if (!counting)
        return;
    held += (long long)size;
    if (held > most_held)
        most_held = held;
}

static void freed(const volatile void *memory)
{
    if (counting && memory)
        held -= (long long)__sanitizer_get_allocated_size(memory);
}

void fuzz_memory_begin(void)
{
    static bool installed;
    if (!installed) {
        int hooks = __sanitizer_install_malloc_and_free_hooks(allocated, freed);
        assert(hooks > 0);
        installed = true;
    }
    held = 0;
    most_held = 0;
    counting = true;
}

void fuzz_memory_end(size_t input)
{
    counting = false;
    assert(most_held <= (long long)(FUZZ_ROOM + FUZZ_ROOM_A_BYTE * input));
}
