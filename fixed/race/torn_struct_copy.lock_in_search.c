/*
 * torn_struct_copy.lock_in_search: store and lookup share one critical section
 *
 * Why: store() and look_up() take no lock themselves any more, but search(), their only caller,
 *   holds table_lock over both calls. evaluate() reads nothing shared, and the copy in entry is
 *   the thread's own.
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
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static void store(const struct entry *entry)
{
    table[entry->key % SLOTS] = *entry;         /* bug: race(table) */
}

static bool look_up(uint64_t key, struct entry *entry)
{
    *entry = table[key % SLOTS];                /* bug: race(table) */
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

        pthread_mutex_lock(&table_lock);
        store(&entry);
        bool hit = look_up(key, &entry);
        pthread_mutex_unlock(&table_lock);
        if (hit && entry.score != evaluate(key))
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
        a slot must be stored between two of the moves that copy it */
    return 0;
}
