/*
 * torn_struct_copy.one_by_one: each searcher is joined before the next one starts
 *
 * Patch: serial
 * Why: No copy is torn because no two threads ever use the table together: main joins each
 *   searcher before it creates the next. The search takes as long as with one thread.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SEARCHERS 2
#define POSITIONS 5000
#define SLOTS 2

struct entry {
    uint64_t key;
    long best_move, depth, score;
};

struct searcher {
    uint64_t first_key;
    int blunders;                               /* the thread's own until it is joined */
};

static struct entry table[SLOTS];

static void store(const struct entry *entry)
{
    table[entry->key % SLOTS] = *entry;
}

static bool look_up(uint64_t key, struct entry *entry)
{
    *entry = table[key % SLOTS];
    return entry->key == key;
}

static long evaluate(uint64_t key)
{
    return (long)(key * 2654435761 >> 7) % 900;
}

static void *search(void *arg)
{
    struct searcher *self = arg;

    for (uint64_t key = self->first_key; key < self->first_key + POSITIONS; key++) {
        struct entry entry = { key, (long)(key % 64), 1, evaluate(key) };

        store(&entry);
        if (look_up(key, &entry) && entry.score != evaluate(key))
            self->blunders++;
    }
    return NULL;
}

int main(void)
{
    static struct searcher searchers[SEARCHERS] = { { 1, 0 }, { 1 + POSITIONS, 0 } };
    pthread_t threads[SEARCHERS];
    int blunders = 0;

    for (int s = 0; s < SEARCHERS; s++) {
        pthread_create(&threads[s], NULL, search, &searchers[s]);
        pthread_join(threads[s], NULL);         /* serial: table */
        blunders += searchers[s].blunders;
    }

    printf("%d blunders in %d lookups\n", blunders, SEARCHERS * POSITIONS);
    assert(blunders == 0);
    return 0;
}
