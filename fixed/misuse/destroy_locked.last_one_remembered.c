/*
 * destroy_locked.last_one_remembered: whether this was the last player is noted under the lock
 *
 * Why: `last` is set under the lock and is true for one player only, whose unlock is the last call
 * that any player makes on the lock before it is destroyed. After it nobody is left who could touch
 * the table.
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
    if (pthread_mutex_destroy(&table->lock) == 0) /* bug: misuse(lock) */
        table->set = false;
}

static void leave(struct table *table)
{
    pthread_mutex_lock(&table->lock);
    table->stakes -= 5;
    bool last = --table->players == 0;
    pthread_mutex_unlock(&table->lock);
    if (last)
        clear(table);
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
    assert(!table.set); /* bug: wrong-result(set) */
    return 0;
}
