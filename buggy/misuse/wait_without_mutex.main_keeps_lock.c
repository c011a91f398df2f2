/*
 * wait_without_mutex.main_keeps_lock: main keeps the session locked until the timer has ended
 *
 * Patch: moves
 * Why: `session` is locked now when the wait begins, but by main. The wait must be called by the
 * thread that owns the mutex: the timer unlocks main's lock, and main later unlocks one that it no
 * longer holds.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

static pthread_mutex_t session = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pressed = PTHREAD_COND_INITIALIZER;
static bool logged_in; /* guarded by session */

static void *log_out_when_idle(void *arg)
{
    const struct timespec *deadline = arg;
    int timed_out = 0;

    while (!timed_out)
        timed_out = pthread_cond_timedwait(&pressed, &session, deadline); /* bug: misuse(session) */
    logged_in = false;
    pthread_mutex_unlock(&session); /* bug: misuse(session) */
    return NULL;
}

int main(void)
{
    struct timespec deadline;
    pthread_t timer;

    pthread_mutex_lock(&session);
    logged_in = true;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1;
    pthread_create(&timer, NULL, log_out_when_idle, &deadline);
    pthread_join(timer, NULL);      /* bug: misuse(session) */
    pthread_mutex_unlock(&session); /* bug: misuse(session) */

    assert(!logged_in);
    return 0;
}
