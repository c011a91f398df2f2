/*
 * check_then_act: seat found free under the lock, booked under the lock, but not in one go
 *
 * Story: two clerks sell seats of the same train. Each looks up the first free seat, offers it to
 *        a customer, and books it when the customer agrees.
 * Wrong: both customers hold a ticket for the same seat, and the plan shows one passenger.
 * Why: each step holds the lock, so there is no data race; but the lock is released between the
 *      check and the act, and "seat 0 is free" is no longer true when the second clerk acts on it.
 * Fix: the seat is taken in the critical section that found it free, before it is offered.
 * Roadmap: threads, Lock, races
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition
 * CERT: CON08-C
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
    passenger[seat] = *customer;
    pthread_mutex_unlock(&plan_lock);

    /* The customers travel together: each agrees once both have been offered a seat. */
    pthread_barrier_wait(&customers_agreed);
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
