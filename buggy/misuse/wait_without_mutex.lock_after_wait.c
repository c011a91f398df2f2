/*
 * wait_without_mutex.lock_after_wait: the lock stands after the wait
 *
 * Patch: moves
 * Why: The change of `logged_in` has its lock now and the wait still has none. If the wait comes
 * back at all it comes back with `session` locked, by this thread, which then waits for itself.
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
    pthread_mutex_lock(&session); /* bug: hang(session) */ /* bug: misuse(session) */
    logged_in = false;
    pthread_mutex_unlock(&session);
    return NULL;
}

int main(void)
{
    struct timespec deadline;
    pthread_t timer;

    pthread_mutex_lock(&session);
    logged_in = true;
    pthread_mutex_unlock(&session);

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1;
    pthread_create(&timer, NULL, log_out_when_idle, &deadline);
    pthread_join(timer, NULL); /* bug: hang(session) */

    assert(!logged_in);
    return 0;
}
