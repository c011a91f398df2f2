/*
 * lock_order_deadlock.no_second_lock: the other's hand is changed without its lock
 *
 * Why: Before the barrier `me->own` belongs to its player alone, after it to the other one alone,
 * and pthread_barrier_wait orders the two. The lock round the second change kept nobody out.
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

    pthread_mutex_lock(&me->own->lock);
    me->own->cards--;
    me->own->sum -= me->card;
    pthread_mutex_unlock(&me->own->lock);
    pthread_barrier_wait(&on_table); /* bug: hang(own, other) */
    me->other->cards++;
    me->other->sum += me->card;
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
