/*
 * unlock_by_other_thread.spinlock: a spin lock instead of the mutex
 *
 * Patch: moves
 * Why: A spin lock has an owner as well: POSIX leaves it undefined what happens when a thread
 * unlocks one that it has not locked. What the reception takes and the cleaner gives back is still
 * a lock and not a permit.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

static pthread_spinlock_t room;

static void check_in(int *nights, int booked)
{
    pthread_spin_lock(&room); /* bug: misuse(room) */
    *nights += booked;
}

static void check_out(void)
{
    pthread_spin_unlock(&room); /* bug: misuse(room) */
}

static void *cleaner(void *cleaned)
{
    ++*(int *)cleaned;
    check_out();
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int nights = 0;
    int cleaned = 0;

    pthread_spin_init(&room, PTHREAD_PROCESS_PRIVATE);
    check_in(&nights, 2);
    pthread_create(&thread, NULL, cleaner, &cleaned);
    check_in(&nights, 3);
    check_out();
    pthread_join(thread, NULL);

    assert(nights == 5 && cleaned == 1);
    return 0;
}
