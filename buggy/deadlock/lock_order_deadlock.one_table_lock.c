/*
 * lock_order_deadlock.one_table_lock: one lock for the whole swap instead of the meeting
 *
 * Patch: serial
 * Why: `on_table` is now one lock, held from the first change to the last. The result is right and
 * nobody waits for ever, but the players no longer meet: one does the whole swap while the other
 * one does nothing.
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

static pthread_mutex_t on_table = PTHREAD_MUTEX_INITIALIZER;

static void *swap(void *arg)
{
    struct player *me = arg;

    pthread_mutex_lock(&on_table); /* serial: hand */
    me->own->cards--;
    me->own->sum -= me->card;
    me->other->cards++;
    me->other->sum += me->card;
    pthread_mutex_unlock(&on_table); /* serial: hand */
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

    for (int i = 0; i < 2; i++)
        pthread_create(&players[i].thread, NULL, swap, &players[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(players[i].thread, NULL);

    assert(left.cards == 2 && left.sum == 7 + 9);
    assert(right.cards == 2 && right.sum == 4 + 1);
    return 0;
}
