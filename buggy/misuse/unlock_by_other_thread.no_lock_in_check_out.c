/*
 * unlock_by_other_thread.no_lock_in_check_out: a flag and a condition, but no lock in check_out
 *
 * Patch: moves
 * Why: Nobody unlocks what another thread has locked any more, but check_out clears `taken` without
 * the lock under which check_in reads it. Where both fall between that read and the wait, the
 * signal finds nobody waiting and the reception waits for ever.
 * Rate: The cleaner must clear the flag and signal after the reception has read the flag and before
 * it waits.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_mutex_t room;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static bool taken;

static void check_in(int *nights, int booked)
{
    pthread_mutex_lock(&room);
    while (taken) /* bug: race(taken) */
        pthread_cond_wait(&left, &room); /* bug: hang(left); watchdog rate: the signal must fall
            between the reading of the flag and the wait */
    taken = true; /* bug: race(taken) */
    *nights += booked;
    pthread_mutex_unlock(&room);
}

static void check_out(void)
{
    taken = false; /* bug: race(taken) */
    pthread_cond_signal(&left); /* alarm: misuse(left) by helgrind, drd:
        POSIX allows a signal without the mutex, and both call it doubtful */
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

    pthread_mutex_init(&room, NULL);
    check_in(&nights, 2);
    pthread_create(&thread, NULL, cleaner, &cleaned);
    check_in(&nights, 3);
    check_out();
    pthread_join(thread, NULL);

    assert(nights == 5 && cleaned == 1);
    return 0;
}
