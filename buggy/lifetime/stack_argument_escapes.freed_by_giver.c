/*
 * stack_argument_escapes.freed_by_giver: the slip is allocated, and take_down frees it
 *
 * Patch: hides
 * Why: The slip no longer lies on the stack, but take_down frees it as soon as the courier's
 * thread is made, and the courier reads it once the shop is open. The post orders the free and the
 * read, so Helgrind and DRD have no race to report: the slip is just gone.
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
    delivered = slip->parcels;                  /* bug: misuse(slip); helgrind, drd blind: neither
        keeps the life of a heap block, and the free and the use are in wish */
    return NULL;
}

static void *cashier(void *arg)
{
    long *roll = arg;

    for (int i = 0; i < SALES; i++)
        roll[i] = PRICE;
    return NULL;
}

static void take_down(pthread_t *runner)
{
    struct slip *slip = malloc(sizeof(*slip));

    *slip = (struct slip){ PARCELS, "3 Mill Lane" };
    pthread_create(runner, NULL, courier, slip);
    free(slip);                                 /* bug: misuse(slip) */
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
