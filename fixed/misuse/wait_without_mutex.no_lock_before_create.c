/*
 * wait_without_mutex.no_lock_before_create: main logs in without the lock, before there is a timer
 *
 * Why: `logged_in` is set before pthread_create, and the creation of a thread orders what came
 * before it with all that the thread does. Nobody else can be in the session yet.
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

    pthread_mutex_lock(&session);
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

    logged_in = true;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1;
    pthread_create(&timer, NULL, log_out_when_idle, &deadline);
    pthread_join(timer, NULL);

    assert(!logged_in);
    return 0;
}
