/*
 * lock_order_deadlock.both_before_meeting: both hands are locked in one order, before the meeting
 *
 * Patch: moves
 * Why: The hand with the lower address is locked first, so the circle is gone, but both locks are
 * now taken before the barrier and kept across it. The first player waits at `on_table` for one who
 * waits for `first->lock`.
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
    struct hand *first = me->own < me->other ? me->own : me->other;
    struct hand *second = first == me->own ? me->other : me->own;

    pthread_mutex_lock(&first->lock); /* bug: hang(own, other) */
    pthread_mutex_lock(&second->lock);
    me->own->cards--;
    me->own->sum -= me->card;
    pthread_barrier_wait(&on_table); /* bug: hang(own, other) */
    me->other->cards++;
    me->other->sum += me->card;
    pthread_mutex_unlock(&me->other->lock);
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
        pthread_join(players[i].thread, NULL); /* bug: hang(own, other) */

    assert(left.cards == 2 && left.sum == 7 + 9);
    assert(right.cards == 2 && right.sum == 4 + 1);
    return 0;
}
