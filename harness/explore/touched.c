#include "explore/touched.h"

#include "model/memory.h"

#include <search.h>
#include <stdlib.h>

enum { WORD = 8, MOST_WORDS = 512 };

/* Eight bytes of memory. */
struct word {
    uint64_t number;                /* address / WORD: the key */
    uint16_t thread[WORD];          /* the first that touched the byte */
    uint8_t touched, many, written; /* bit N: byte N */
};

struct touched {
    const struct wire_step *from; /* the first that is noted */
    void *words;                  /* a tree of struct word (search.h) */
};

static int by_number(const void *left, const void *right)
{
    uint64_t a = ((const struct word *)left)->number;
    uint64_t b = ((const struct word *)right)->number;
    return (a > b) - (a < b);
}

bool touches_memory(const struct wire_step *step)
{
    return step->op == WIRE_READ || step->op == WIRE_WRITE || step->op == WIRE_ATOMIC_LOAD ||
           step->op == WIRE_ATOMIC_STORE || step->op == WIRE_ATOMIC_UPDATE || step->op == WIRE_FREE;
}

/* The bytes of word `number` that the step touches. */
static uint8_t bytes_in(const struct wire_step *step, uint64_t number)
{
    uint64_t from = step->object;
    uint64_t last = from + (step->size ? step->size - 1 : 0);
    unsigned low = from / WORD == number ? (unsigned)(from % WORD) : 0;
    unsigned high = last / WORD == number ? (unsigned)(last % WORD) : WORD - 1;
    return (uint8_t)((0xffu << low) & (0xffu >> (WORD - 1 - high)));
}

static size_t words_of(const struct wire_step *step)
{
    uint64_t last = step->object + (step->size ? step->size - 1 : 0);
    uint64_t count = last / WORD - step->object / WORD + 1;
    return count < MOST_WORDS ? (size_t)count : MOST_WORDS;
}

static struct word *get_word(struct touched *touched, uint64_t number)
{
    struct word key = {.number = number};
    struct word **found = tfind(&key, &touched->words, by_number);
    if (found)
        return *found;
    struct word *word = xcalloc(1, sizeof(*word));
    word->number = number;
    if (!tsearch(word, &touched->words, by_number))
        abort(); /* as model/memory.h has it: out of memory is the end */
    return word;
}

static void note(struct touched *touched, const struct wire_step *step)
{
    size_t count = words_of(step);
    for (size_t i = 0; i < count; i++) {
        struct word *word = get_word(touched, step->object / WORD + i);
        uint8_t bytes = bytes_in(step, word->number);
        for (unsigned b = 0; b < WORD; b++) {
            if (!(bytes >> b & 1))
                continue;
            if (!(word->touched >> b & 1))
                word->thread[b] = step->thread;
            else if (word->thread[b] != step->thread)
                word->many |= (uint8_t)(1u << b);
        }
        word->touched |= bytes;
        if (wire_effect(step->op) & WIRE_WRITES)
            word->written |= bytes;
    }
}

struct touched *touched_new(const struct wire_step *steps, size_t count)
{
    struct touched *touched = xcalloc(1, sizeof(*touched));
    size_t first = 0;
    while (first < count && steps[first].op != WIRE_CREATE && steps[first].thread == 0)
        first++;
    touched->from = steps + first;
    for (size_t i = first; i < count; i++) {
        if (touches_memory(&steps[i]))
            note(touched, &steps[i]);
    }
    return touched;
}

void touched_free(struct touched *touched)
{
    if (touched)
        tdestroy(touched->words, free);
    free(touched);
}

bool touched_shared(const struct touched *touched, const struct wire_step *step)
{
    size_t count = step >= touched->from ? words_of(step) : 0;
    for (size_t i = 0; i < count; i++) {
        struct word key = {.number = step->object / WORD + i};
        struct word *const *found = tfind(&key, &touched->words, by_number);
        if (found && (bytes_in(step, key.number) & (*found)->many & (*found)->written))
            return true;
    }
    return false;
}
