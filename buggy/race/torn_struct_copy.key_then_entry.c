/*
 * torn_struct_copy.key_then_entry: the key is checked first, and the entry copied on a hit
 *
 * Patch: hides
 * Why: Every access to table holds table_lock, and no race detector finds anything. But between
 *   the section that checks the key and the section that copies the entry the other thread can
 *   store into the slot: the lookup hits, and yields the score of a different position.
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

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry table[SLOTS];

static void store(const struct entry *entry)
{
    pthread_mutex_lock(&table_lock);
    table[entry->key % SLOTS] = *entry;
    pthread_mutex_unlock(&table_lock);
}

static bool look_up(uint64_t key, struct entry *entry)
{
    pthread_mutex_lock(&table_lock);
    bool hit = table[key % SLOTS].key == key;
    pthread_mutex_unlock(&table_lock);

    if (hit) {
        pthread_mutex_lock(&table_lock);
        *entry = table[key % SLOTS];
        pthread_mutex_unlock(&table_lock);
    }
    return hit;
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

    for (int s = 0; s < SEARCHERS; s++)
        pthread_create(&threads[s], NULL, search, &searchers[s]);
    for (int s = 0; s < SEARCHERS; s++) {
        pthread_join(threads[s], NULL);
        blunders += searchers[s].blunders;
    }

    printf("%d blunders in %d lookups\n", blunders, SEARCHERS * POSITIONS);
    assert(blunders == 0);                      /* bug: wrong-result(table); watchdog rate:
        a slot must be stored between the check of its key and its copy */
    return 0;
}
