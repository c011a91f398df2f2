/*
 * unlock_by_other_thread: a mutex locked by one thread and unlocked by another
 *
 * Story: the reception of a hotel hands out its last room. The cleaner gives it free again when the
 * guest has gone, and the reception waits for that before the next guest checks in.
 * Wrong: it works, here. With an error-checking mutex the cleaner's unlock fails unnoticed and the
 * reception's second lock fails too; for a normal mutex the behaviour is undefined.
 * Why: a mutex has an owner, and only the owner may unlock it. Nothing promises that an unlock by
 * another thread opens it, or that what the cleaner did before is visible to the next guest.
 * Fix: what one thread takes and another gives back is a permit, not ownership: a semaphore.
 * Roadmap: Lock, Semaphore
 * CWE: CWE-667 Improper Locking
 * CERT: POS48-C
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

    sem_init(&room, 0, 1);
    check_in(&nights, 2);
    pthread_create(&thread, NULL, cleaner, &cleaned);
    check_in(&nights, 3);
    check_out();
    pthread_join(thread, NULL);

    assert(nights == 5 && cleaned == 1);
    return 0;
}
