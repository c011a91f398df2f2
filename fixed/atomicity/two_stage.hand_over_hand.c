/*
 * two_stage.hand_over_hand: the book is given back as soon as the plan is held
 *
 * Why: Whoever has taken `book_lock` first has `plan_lock` before the next one can take the
 *   book, so that move and search pass through both in the same succession, none of them
 *   between the halves of another.
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
    pthread_mutex_unlock(&book_lock);
    guest_in[OLD_ROOM] = 0;
    guest_in[NEW_ROOM] = GUEST;
    pthread_mutex_unlock(&plan_lock);
    return NULL;
}

static void *find(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&book_lock);
    int room = room_of_guest;
    pthread_mutex_lock(&plan_lock);
    pthread_mutex_unlock(&book_lock);
    int found = guest_in[room];
    pthread_mutex_unlock(&plan_lock);

    assert(found == GUEST);                 /* bug: wrong-result(room); watchdog rate: the search
        must come between the halves of the move, or the other way round */
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
