/*
 * check_then_act.agreed_first: the customers agree first; check and act are still two sections
 *
 * Patch: hides
 * Why: With `customers_agreed` before the look, nothing lies between check and act any more
 *   that makes them overlap, and hardly a run fails. But `plan_lock` is still  given back
 *   between them: two clerks can both see seat 0 free before either has booked it.
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

    /* The customers travel together: each agrees once both have been offered a seat. */
    pthread_barrier_wait(&customers_agreed);

    pthread_mutex_lock(&plan_lock);
    seat = first_free_seat();
    pthread_mutex_unlock(&plan_lock);

    pthread_mutex_lock(&plan_lock);
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
    assert(booked == CLERKS);               /* bug: wrong-result(booked); watchdog rate: both
        clerks must look before either of them books */
    return 0;
}
