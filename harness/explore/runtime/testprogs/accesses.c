/*
 * Every kind of memory access that a compiler reports, each with a result that is known: what stands in the place
 * of ThreadSanitizer must do the operation as well. With any compiler; says the first that
 * is wrong.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                 \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

struct packed {
    char first;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
} __attribute__((packed));

struct large {
    char bytes[200];
};

static char one = 1;
static uint16_t two = 2;
static uint32_t four = 4;
static uint64_t eight = 8;
static unsigned __int128 sixteen = 16;
static volatile int watched = 7;
static struct packed packed = {1, 2, 4, 8};
static struct large here, there;
static char words[64], more[64];

static void plain(void)
{
    one++;
    two++;
    four++;
    eight++;
    sixteen++;
    watched++;
    packed.two++;
    packed.four++;
    packed.eight++;
    EXPECT(one == 2 && two == 3 && four == 5 && eight == 9 && sixteen == 17 && watched == 8);
    EXPECT(packed.first == 1 && packed.two == 3 && packed.four == 5 && packed.eight == 9);
}

#define ATOMICS(type)                                                                              \
    static _Atomic type atomic_##type;                                                             \
    static void update_##type(void)                                                                \
    {                                                                                              \
        _Atomic type *at = &atomic_##type;                                                         \
        const type all = (type) ~(type)0;                                                          \
        type expected = 9;                                                                         \
        atomic_store(at, 5);                                                                       \
        atomic_store_explicit(at, 6, memory_order_relaxed);                                        \
        atomic_store_explicit(at, 5, memory_order_release);                                        \
        EXPECT(atomic_load(at) == 5 && atomic_load_explicit(at, memory_order_acquire) == 5);       \
        EXPECT(atomic_load_explicit(at, memory_order_relaxed) == 5);                               \
        EXPECT(atomic_exchange(at, 6) == 5 && atomic_exchange_explicit(at, 6, 0) == 6);            \
        EXPECT(atomic_fetch_add(at, 4) == 6 && atomic_fetch_sub(at, 3) == 10);                     \
        EXPECT(atomic_fetch_or(at, 8) == 7 && atomic_fetch_and(at, 9) == 15);                      \
        EXPECT(atomic_fetch_xor(at, 3) == 9 && *at == 10);                                         \
        EXPECT(__atomic_fetch_nand((type *)at, 2, __ATOMIC_SEQ_CST) == 10);                        \
        EXPECT(*at == (type)(all - 2));                                                            \
        EXPECT(!atomic_compare_exchange_strong(at, &expected, 1));                                 \
        EXPECT(expected == (type)(all - 2));                                                       \
        EXPECT(atomic_compare_exchange_weak_explicit(at, &expected, 1, memory_order_acq_rel,       \
                                                     memory_order_relaxed));                       \
        EXPECT(__sync_val_compare_and_swap((type *)at, 1, 2) == 1);                                \
        EXPECT(__sync_val_compare_and_swap((type *)at, 1, 3) == 2 && *at == 2);                    \
        (*at)++;                                                                                   \
        (*at)--;                                                                                   \
        *at |= 4;                                                                                  \
        EXPECT(*at == 6);                                                                          \
    }

ATOMICS(uint8_t)
ATOMICS(uint16_t)
ATOMICS(uint32_t)
ATOMICS(uint64_t)

static void atomics(void)
{
    static atomic_flag flag = ATOMIC_FLAG_INIT;
    update_uint8_t();
    update_uint16_t();
    update_uint32_t();
    update_uint64_t();
    EXPECT(!atomic_flag_test_and_set(&flag) && atomic_flag_test_and_set(&flag));
    atomic_flag_clear(&flag);
    EXPECT(!atomic_flag_test_and_set(&flag));
    atomic_thread_fence(memory_order_seq_cst);
    atomic_thread_fence(memory_order_release);
    atomic_signal_fence(memory_order_seq_cst);
}

static void ranges(size_t size)
{
    memset(&here, 3, sizeof here);
    there = here;
    EXPECT(memcmp(&here, &there, size) == 0 && there.bytes[199] == 3);
    memcpy(&there, words, size);
    EXPECT(memchr(&there, 3, sizeof there) == &there.bytes[size]);
    memmove(&there.bytes[1], &there.bytes[0], 50);
    EXPECT(there.bytes[30] == 0 && there.bytes[50] == 3);
    strcpy(words, "one");
    EXPECT(stpcpy(more, words) == more + 3 && strcmp(words, more) == 0);
    strcat(words, more);
    strncat(words, more, 2);
    EXPECT(strlen(words) == 8 && strnlen(words, 5) == 5 && strncmp(words, more, 3) == 0);
    EXPECT(strcmp(words, more) > 0 && strcmp(more, words) < 0);
    EXPECT(strchr(words, 'n') == words + 1 && strrchr(words, 'n') == words + 7);
    EXPECT(strchr(words, 'x') == NULL && strstr(words, "eo") == words + 2);
    strncpy(more, words, 4);
    EXPECT(memcmp(more, "oneo", 4) == 0);
    char *copy = strdup(words);
    EXPECT(strcmp(copy, "oneoneon") == 0);
    copy = realloc(copy, 4000);
    EXPECT(strcmp(copy, "oneoneon") == 0);
    free(copy);
}

int main(int count, char **arguments)
{
    (void)arguments;
    plain();
    atomics();
    ranges((size_t)count + 30);
    return 0;
}
