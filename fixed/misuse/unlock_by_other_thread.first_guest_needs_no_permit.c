/*
 * unlock_by_other_thread.first_guest_needs_no_permit: the semaphore starts at zero
 *
 * Why: The room is free for the first guest, so nobody has to wait for it, and no permit is there
 * before the cleaner's post. The second check_in still waits for exactly that post.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

static sem_t room;

static void check_in(int *nights, int booked)
{
    sem_wait(&room); /* bug: misuse(room) */
    *nights += booked;
}

static void check_out(void)
{
    sem_post(&room); /* bug: misuse(room) */
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

    sem_init(&room, 0, 0);
    nights += 2;
    pthread_create(&thread, NULL, cleaner, &cleaned);
    check_in(&nights, 3);
    check_out();
    pthread_join(thread, NULL);

    assert(nights == 5 && cleaned == 1);
    return 0;
}
