/*
 * errorcheck_result_ignored: an error-checking mutex refuses, and nobody looks
 *
 * Story: players of a game move coins between chests. A move locks both chests, the one that comes
 * first in the row first. One player drags coins from a chest onto the same chest.
 * Wrong: that player's coins multiply.
 * Why: both chests are the same, and the second lock is refused with EDEADLK. The move goes on as
 * if it had two chests: it takes the coins from one copy of the count and adds them to another, and
 * gives the one lock back twice. The locks are error-checking to tell, but nobody asks.
 * Fix: look at the result. A second chest that is held already is the first one: refuse the move.
 * Roadmap: Lock, RLock
 * CWE: CWE-252 Unchecked Return Value
 * CERT: POS54-C
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>

enum { CHESTS = 2, COINS = 50 };

static struct chest {
    pthread_mutex_t lock; /* error-checking, guards coins */
    int coins;
} chests[CHESTS];

struct player {
    struct chest *from, *to;
    int result;
};

static int move(struct chest *from, struct chest *to, int coins)
{
    struct chest *first = from < to ? from : to;
    struct chest *second = from < to ? to : from;

    pthread_mutex_lock(&first->lock);
    int error = pthread_mutex_lock(&second->lock); /* alarm: misuse(attempt) by helgrind, drd: an
        error-checking mutex answers this with EDEADLK, but they report the attempt itself */
    if (error) {
        pthread_mutex_unlock(&first->lock);
        return -error;
    }
    int left = from->coins - coins;
    int grown = to->coins + coins;
    from->coins = left;
    to->coins = grown;
    pthread_mutex_unlock(&second->lock);
    pthread_mutex_unlock(&first->lock); /* bug: misuse(lock) */
    return 0;
}

static void *drag(void *arg)
{
    struct player *player = arg;

    player->result = move(player->from, player->to, 20);
    return NULL;
}

int main(void)
{
    struct player players[] = {{chests, chests + 1, 0}, {chests, chests, 0}};
    pthread_t threads[2];
    pthread_mutexattr_t kind;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    for (int i = 0; i < CHESTS; i++) {
        pthread_mutex_init(&chests[i].lock, &kind);
        chests[i].coins = COINS;
    }
    pthread_mutexattr_destroy(&kind);

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, drag, &players[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);

    assert(players[0].result == 0);
    assert(chests[0].coins + chests[1].coins == CHESTS * COINS); /* bug: wrong-result(coins) */
    return 0;
}
