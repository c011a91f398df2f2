/*
 * stack_argument_escapes: a thread is given a pointer into a stack frame that is gone when it reads
 *
 * Story: A shop takes an order before it opens and gives the slip to a courier. Once the shop is
 *   open, a cashier enters the day's sales on the till roll while the courier sets out.
 * Wrong: The courier delivers whatever the till roll has left on the slip.
 * Why: The slip lives in take_down()'s frame, which is gone when the courier reads it. open_shop()
 *   gets the same stack memory for its till roll, so the courier's reads race with the cashier's
 *   stores to an object the courier knows nothing of.
 * Fix: The slip is allocated, and the courier, its last owner, frees it.
 * Roadmap: threads, races
 * CWE: CWE-562 Return of Stack Variable Address; CWE-825 Expired Pointer Dereference
 * CERT: CON34-C; POS50-C; DCL30-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#define PARCELS 12
#define SALES 128
#define PRICE 495

struct slip {
    long parcels;
    char street[60];
};

static sem_t shop_opened;
static long delivered;

static void *courier(void *arg)
{
    struct slip *slip = arg;

    sem_wait(&shop_opened);
    delivered = slip->parcels;                  /* bug: race(slip); drd blind: without
        --check-stack-var=yes it drops every race on an address that lies on a live stack */
    free(slip);
    return NULL;
}

static void *cashier(void *arg)
{
    long *roll = arg;

    for (int i = 0; i < SALES; i++)
        roll[i] = PRICE;                        /* bug: race(slip) */
    return NULL;
}

static void take_down(pthread_t *runner)
{
    struct slip *slip = malloc(sizeof(*slip));

    *slip = (struct slip){ PARCELS, "3 Mill Lane" };
    pthread_create(runner, NULL, courier, slip);
}

static void open_shop(pthread_t runner)
{
    long roll[SALES] = { 0 };
    pthread_t printer;

    sem_post(&shop_opened);
    pthread_create(&printer, NULL, cashier, roll);
    pthread_join(printer, NULL);
    pthread_join(runner, NULL);
}

int main(void)
{
    pthread_t runner;

    sem_init(&shop_opened, 0, 0);
    take_down(&runner);
    open_shop(runner);
    sem_destroy(&shop_opened);

    printf("%ld parcels delivered\n", delivered);
    assert(delivered == PARCELS);               /* bug: wrong-result(slip) */
    return 0;
}
