/*
 * check_then_act.look_again: the seat is looked at again, and the second customer gets none
 *
 * Patch: moves
 * Why: The second clerk now sees in `passenger` that the seat is gone and leaves the first
 *   one's booking alone, but he looks for no other  seat. Both clerks still hold the same
 *   `seat` after `customers_agreed`, so that one customer of two is booked.
 */
#include <assert.h>
#include <pthread.h>

#define CLERKS 2
#define SEATS 4

static pthread_mutex_t plan_lock = PTHREAD_MUTEX_INITIALIZER;
static int passenger[SEATS];                /* guarded by plan_lock; 0 where the seat is free */
static pthread_barrier_t customers_agreed;

/* Called with plan_lock held; there are more seats than clerks. */
static int first_free_seat(void)
{
    int seat = 0;

    while (passenger[seat] != 0)
        seat++;
    return seat;
}

static void *sell(void *arg)
{
    const int *customer = arg;
    int seat;

    pthread_mutex_lock(&plan_lock);
    seat = first_free_seat();
    pthread_mutex_unlock(&plan_lock);

    /* The customers travel together: each agrees once both have been offered a seat. */
    pthread_barrier_wait(&customers_agreed);

    pthread_mutex_lock(&plan_lock);
    if (passenger[seat] == 0)
        passenger[seat] = *customer;
    pthread_mutex_unlock(&plan_lock);
    return NULL;
}

int main(void)
{
    pthread_t clerk[CLERKS];
    int customer[CLERKS] = { 101, 102 }, booked = 0;

    pthread_barrier_init(&customers_agreed, NULL, CLERKS);
    for (int i = 0; i < CLERKS; i++)
        pthread_create(&clerk[i], NULL, sell, &customer[i]);
    for (int i = 0; i < CLERKS; i++)
        pthread_join(clerk[i], NULL);
    pthread_barrier_destroy(&customers_agreed);

    for (int seat = 0; seat < SEATS; seat++)
        booked += passenger[seat] != 0;
    assert(booked == CLERKS);               /* bug: wrong-result(booked) */
    return 0;
}
