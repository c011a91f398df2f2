/*
 * lock_order_deadlock.own_lock_only: the meeting comes first, then the whole swap under one lock
 *
 * Patch: moves
 * Why: After the barrier each player changes both hands under the lock of their own hand alone.
 * Nobody ever holds two locks, so nobody waits for ever, but the same hand is changed under two
 * different locks, and a card or its value may be lost.
 * Rate: A store is lost where it falls between the other player's load and store of the same hand.
 * Both leave the barrier together, which makes that likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

struct hand {
    pthread_mutex_t lock;
    int cards; /* guarded by lock, as sum is */
    int sum;
};

struct player {
    pthread_t thread;
    struct hand *own;
    struct hand *other;
    int card;
};

static pthread_barrier_t on_table;

static void *swap(void *arg)
{
    struct player *me = arg;

    pthread_barrier_wait(&on_table);
    pthread_mutex_lock(&me->own->lock);
    me->own->cards--;           /* bug: race(hand); drd blind: without --check-stack-var=yes it
        drops every race on an address that lies on a live stack */
    me->own->sum -= me->card;   /* bug: race(hand) */
    me->other->cards++;         /* bug: race(hand) */
    me->other->sum += me->card; /* bug: race(hand) */
    pthread_mutex_unlock(&me->own->lock);
    return NULL;
}

int main(void)
{
    struct hand left = {PTHREAD_MUTEX_INITIALIZER, 2, 7 + 4};
    struct hand right = {PTHREAD_MUTEX_INITIALIZER, 2, 9 + 1};
    struct player players[] = {
        {.own = &left, .other = &right, .card = 4},
        {.own = &right, .other = &left, .card = 9},
    };

    pthread_barrier_init(&on_table, NULL, 2);
    for (int i = 0; i < 2; i++)
        pthread_create(&players[i].thread, NULL, swap, &players[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(players[i].thread, NULL);

    assert(left.cards == 2 && left.sum == 7 + 9); /* bug: wrong-result(hand); watchdog rate: one
        player must store to a hand between the other one's load and store */
    assert(right.cards == 2 && right.sum == 4 + 1); /* bug: wrong-result(hand) */
    return 0;
}
