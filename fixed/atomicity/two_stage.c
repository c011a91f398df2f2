/*
 * two_stage: key looked up under one lock, and used under another one
 *
 * Story: a hotel keeps its guest book under one lock and its room plan under another. A guest moves
 *   to another room while the telephone and the kitchen look for him: first for the number of his
 *   room in the book, then in that room.
 * Wrong: now and then a call or a breakfast goes to an empty room.
 * Why: book and plan are each read and written under their own lock, so that there is no data race.
 *   But the move changes one after the other, and who looks into both in between finds the new room
 *   in the book and nobody in it. It is the two-stage access of Farchi, Nir and Ur, Concurrent Bug
 *   Patterns and How to Test Them (IPDPS 2003).
 * Fix: the book stays locked until the plan is done with, in the move and in the search.
 * Roadmap: threads, Lock, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON08-C
 * Rate: One whole search must fit between the two halves of the move, or the whole move between the
 *   halves of a search. Nothing in the program makes that likelier: nearly all runs come out right.
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
    pthread_mutex_lock(&plan_lock);
    int found = guest_in[room];
    pthread_mutex_unlock(&plan_lock);
    pthread_mutex_unlock(&book_lock);

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
