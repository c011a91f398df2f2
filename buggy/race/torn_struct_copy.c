/*
 * torn_struct_copy: a structure is assigned while another thread copies it
 *
 * Story: Two search threads of a chess program share a table of the positions already searched. A
 *   position is looked up by its key; a new one takes the slot of whatever was there.
 * Wrong: A lookup can hit and yield the score of a different position: the program then plays a
 *   blunder that it cannot reproduce.
 * Why: The assignment of a structure is one statement, but several loads and stores. The other
 *   thread can change the slot between them, and the copy then has one entry's key and another
 *   entry's score. The check of the key does not notice.
 * Fix: table_lock is held for both copies, into the table and out of it.
 * Roadmap: threads, Lock, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization
 * CERT: CON43-C; POS49-C; CON07-C
 * Rate: A copy is torn when the other thread stores into the slot between two of the copy's moves,
 *   which follow one another directly. The table has two slots only, or it would be rarer still.
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
        a slot must be stored between two of the moves that copy it */
    return 0;
}
