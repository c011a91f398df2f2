/*
 * two_stage.plan_first: both hold both locks, the move takes the plan first
 *
 * Patch: moves
 * Why: Move and search are one step each. But find() takes `plan_lock` with `book_lock` held,
 *   and move() the other way round: when either has its first lock, both wait for ever.
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { ROOMS = 20, GUEST = 7, OLD_ROOM = 12, NEW_ROOM = 14 };

static pthread_mutex_t book_lock = PTHREAD_MUTEX_INITIALIZER;
static int room_of_guest = OLD_ROOM;        /* guarded by book_lock */
static pthread_mutex_t plan_lock = PTHREAD_MUTEX_INITIALIZER;
static int guest_in[ROOMS] = { [OLD_ROOM] = GUEST };    /* guarded by plan_lock; 0 where free */

static void *move(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&plan_lock);         /* bug: lock-order(book_lock, plan_lock); drd blind:
        it keeps no lock order */
    guest_in[OLD_ROOM] = 0;
    guest_in[NEW_ROOM] = GUEST;
    pthread_mutex_lock(&book_lock);         /* bug: lock-order(book_lock, plan_lock) */ /* bug:
        hang(book_lock, plan_lock); watchdog rate: either thread must have its first lock */
    room_of_guest = NEW_ROOM;
    pthread_mutex_unlock(&book_lock);
    pthread_mutex_unlock(&plan_lock);
    return NULL;
}

static void *find(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&book_lock);         /* bug: lock-order(book_lock, plan_lock) */ /* bug:
        hang(book_lock, plan_lock) */
    int room = room_of_guest;
    pthread_mutex_lock(&plan_lock);         /* bug: lock-order(book_lock, plan_lock) */ /* bug:
        hang(book_lock, plan_lock) */
    int found = guest_in[room];
    pthread_mutex_unlock(&plan_lock);
    pthread_mutex_unlock(&book_lock);

    assert(found == GUEST);
    return NULL;
}

int main(void)
{
    pthread_t mover, telephone, kitchen;

    pthread_create(&mover, NULL, move, NULL);
    pthread_create(&telephone, NULL, find, NULL);
    pthread_create(&kitchen, NULL, find, NULL);
    pthread_join(mover, NULL);              /* bug: hang(book_lock, plan_lock) */
    pthread_join(telephone, NULL);          /* bug: hang(book_lock, plan_lock) */
    pthread_join(kitchen, NULL);            /* bug: hang(book_lock, plan_lock) */
    return 0;
}
