/*
 * stack_argument_escapes.copied_first: the courier copies the slip before it waits
 *
 * Patch: moves
 * Why: The courier no longer reads the slip after the shop is open, but take_down does not wait
 * for the copy. If it returns first, the courier copies what the till roll has made of the slip's
 * memory.
 * Rate: take_down must return, and open_shop fill its frame, before the courier has begun.
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
    struct slip slip = *(struct slip *)arg;     /* bug: race(slip); drd blind: without
        --check-stack-var=yes it drops every race on an address that lies on a live stack */

    sem_wait(&shop_opened);
    delivered = slip.parcels;
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
    struct slip wish, *slip = &wish;

    *slip = (struct slip){ PARCELS, "3 Mill Lane" };
    pthread_create(runner, NULL, courier, slip);
}

static void open_shop(pthread_t runner)
{
    long roll[SALES] = { 0 };                   /* bug: race(slip) */
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
    assert(delivered == PARCELS);               /* bug: wrong-result(slip); watchdog
        rate: take_down must have returned before the courier copies */
    return 0;
}
