/*
 * wait_without_mutex: a condition wait without its mutex
 *
 * Story: a cash machine logs its customer out when no key was pressed for a while. The timer waits
 * on the condition `pressed` until its deadline.
 * Wrong: it seems to work while the machine is idle. When somebody else is inside the session at
 * that moment, the wait unlocks it under their hands, and two threads change it at once.
 * Why: pthread_cond_wait and pthread_cond_timedwait begin by unlocking the mutex, and must be
 * called by its owner; otherwise the behaviour is undefined. Letting go and beginning to wait as
 * one step is what the mutex is there for.
 * Fix: lock the mutex before the wait. The wait returns with it locked, so the unlock stands
 * already.
 * Roadmap: Condition, Lock
 * CWE: CWE-667 Improper Locking
 * CERT: CON36-C
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
    pthread_mutex_unlock(&session);

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1;
    pthread_create(&timer, NULL, log_out_when_idle, &deadline);
    pthread_join(timer, NULL);

    assert(!logged_in);
    return 0;
}
