/*
 * two_stage.move_nested: the move holds both locks, the search still takes one after the other
 *
 * Patch: moves
 * Why: Nobody can look in between the halves of the move any more. But find() gives `book_lock`
 *   back before it takes `plan_lock`: the whole move can come between its two halves, and then
 *   `room` is the old one and empty.
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
    pthread_mutex_lock(&book_lock);
    room_of_guest = NEW_ROOM;
    pthread_mutex_lock(&plan_lock);
    guest_in[OLD_ROOM] = 0;
    guest_in[NEW_ROOM] = GUEST;
    pthread_mutex_unlock(&plan_lock);
    pthread_mutex_unlock(&book_lock);
    return NULL;
}

static void *find(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&book_lock);
    int room = room_of_guest;
    pthread_mutex_unlock(&book_lock);
    pthread_mutex_lock(&plan_lock);
    int found = guest_in[room];
    pthread_mutex_unlock(&plan_lock);

    assert(found == GUEST);                 /* bug: wrong-result(room); watchdog rate: the move
        must come between the two halves of a search */
    return NULL;
}

int main(void)
{
    pthread_t mover, telephone, kitchen;

    pthread_create(&mover, NULL, move, NULL);
    pthread_create(&telephone, NULL, find, NULL);
    pthread_create(&kitchen, NULL, find, NULL);
    pthread_join(mover, NULL);
    pthread_join(telephone, NULL);
    pthread_join(kitchen, NULL);
    return 0;
}
