/*
 * signal_instead_of_broadcast.truck_does_not_wait: the truck comes without being called
 *
 * Patch: hides
 * Why: the truck does not wait for both orders any more and is mostly early, when at least one
 * baker finds his sack without waiting. When both wait already, its one signal still wakes one
 * of the two.
 * Rate: The truck mostly comes before both bakers wait. It hangs where it comes later.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum ingredient { FLOUR, SUGAR, INGREDIENTS };

struct baker {
    pthread_t thread;
    enum ingredient needs;
    int baked; /* the baker's own until he is joined */
};

static pthread_mutex_t store = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t delivered = PTHREAD_COND_INITIALIZER;
static int sacks[INGREDIENTS]; /* guarded by store */
static sem_t orders;

static void *bake(void *arg)
{
    struct baker *baker = arg;

    pthread_mutex_lock(&store);
    sem_post(&orders); /* in the store room: the truck gets in only when the baker waits */
    while (sacks[baker->needs] == 0)
        pthread_cond_wait(&delivered, &store); /* bug: hang(delivered); watchdog rate: both bakers
            must wait before the truck comes */
    sacks[baker->needs]--;
    pthread_mutex_unlock(&store);
    baker->baked++;
    return NULL;
}

static void drive_truck(void)
{
    pthread_mutex_lock(&store);
    sacks[FLOUR]++;
    sacks[SUGAR]++;
    pthread_cond_signal(&delivered);
    pthread_mutex_unlock(&store);
}

int main(void)
{
    struct baker bakers[] = {{.needs = FLOUR}, {.needs = SUGAR}};

    sem_init(&orders, 0, 0);
    for (int i = 0; i < 2; i++)
        pthread_create(&bakers[i].thread, NULL, bake, &bakers[i]);
    drive_truck();
    for (int i = 0; i < 2; i++)
        pthread_join(bakers[i].thread, NULL); /* bug: hang(delivered) */

    assert(bakers[0].baked == 1 && bakers[1].baked == 1);
    return 0;
}
