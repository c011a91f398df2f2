/*
 * destroy_locked.result_ignored: the table is cleared whatever the destruction says
 *
 * Patch: hides
 * Why: The lock is still held by the last player when it is destroyed: the call fails with EBUSY,
 * or does what nobody can foretell. Now nobody looks at its result, `set` is cleared all the same,
 * and the mutex is neither unlocked nor destroyed.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { PLAYERS = 2 };

struct table {
    pthread_mutex_t lock; /* guards players and stakes */
    int players;
    int stakes;
    bool set; /* with players at it; the last of them clears it */
};

static void clear(struct table *table)
{
    pthread_mutex_destroy(&table->lock); /* bug: misuse(lock) */
    table->set = false;
}

static void leave(struct table *table)
{
    pthread_mutex_lock(&table->lock);
    table->stakes -= 5;
    if (--table->players == 0) {
        clear(table);
        return;
    }
    pthread_mutex_unlock(&table->lock);
}

static void *play(void *arg)
{
    struct table *table = arg;

    pthread_mutex_lock(&table->lock);
    table->stakes += 5;
    pthread_mutex_unlock(&table->lock);
    leave(table);
    return NULL;
}

int main(void)
{
    struct table table = {.players = PLAYERS, .set = true};
    pthread_t players[PLAYERS];

    pthread_mutex_init(&table.lock, NULL);
    for (int i = 0; i < PLAYERS; i++)
        pthread_create(&players[i], NULL, play, &table);
    for (int i = 0; i < PLAYERS; i++)
        pthread_join(players[i], NULL);

    assert(table.stakes == 0 && table.players == 0);
    assert(!table.set);
    return 0;
}
