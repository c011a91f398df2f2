/*
 * destroy_locked.one_section: the whole evening of a player under one lock
 *
 * Patch: serial
 * Why: The table is unlocked before it is cleared, and that would be enough. But play now keeps
 * `table->lock` from its first stake until leave has unlocked it: the players no longer sit at the
 * table together, one plays and leaves before the other one may begin.
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
    if (pthread_mutex_destroy(&table->lock) == 0)
        table->set = false;
}

static void leave(struct table *table)
{
    table->stakes -= 5;
    if (--table->players == 0) {
        pthread_mutex_unlock(&table->lock); /* serial: table */
        clear(table);
        return;
    }
    pthread_mutex_unlock(&table->lock); /* serial: table */
}

static void *play(void *arg)
{
    struct table *table = arg;

    pthread_mutex_lock(&table->lock); /* serial: table */
    table->stakes += 5;
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
