/*
 * check_then_act.lock_kept: the lock is kept from the look to the booking, over the barrier
 *
 * Patch: moves
 * Why: Check and act are one critical section now, but `customers_agreed` lies inside it. The
 *   first clerk waits there with `plan_lock` held for the  second, who needs `plan_lock` to get
 *   there: both wait for ever.
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

    pthread_mutex_lock(&plan_lock);         /* bug: hang(plan_lock) */
    seat = first_free_seat();

    /* The customers travel together: each agrees once both have been offered a seat. */
    pthread_barrier_wait(&customers_agreed);    /* bug: hang(plan_lock) */

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
        pthread_join(clerk[i], NULL);       /* bug: hang(plan_lock) */
    pthread_barrier_destroy(&customers_agreed);

    for (int seat = 0; seat < SEATS; seat++)
        booked += passenger[seat] != 0;
    assert(booked == CLERKS);
    return 0;
}
