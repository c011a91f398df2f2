/*
 * stack_argument_escapes.copied_then_freed: the courier copies and frees before it waits
 *
 * Why: The slip belongs to the courier from pthread_create on, so it may copy and free it at once
 * and need not keep it until the shop is open. take_down does not touch it again.
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
    struct slip slip = *(struct slip *)arg;

    free(arg);
    sem_wait(&shop_opened);
    delivered = slip.parcels;                   /* bug: race(slip); drd blind: without
        --check-stack-var=yes it drops every race on an address that lies on a live stack */
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
