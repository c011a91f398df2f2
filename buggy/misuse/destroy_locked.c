/*
 * destroy_locked: the last one out destroys the mutex with the mutex still locked
 *
 * Story: two players sit at a card table. Whoever leaves last clears the table, which takes the
 * table's own lock away with it, and the lobby may then set it for others.
 * Wrong: the table is never set again. The lobby runs out of tables on a busy night.
 * Why: the table is cleared inside the critical section that found out who is last. To destroy a
 * locked mutex is undefined; glibc refuses with EBUSY, and the table stays as it is.
 * Fix: unlock first. Nobody else needs the lock any more, and a mutex may be destroyed as soon as
 * it is unlocked.
 * Roadmap: Lock
 * CWE: CWE-667 Improper Locking
 * CERT: CON31-C
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
    assert(!table.set); /* bug: wrong-result(set) */
    return 0;
}
