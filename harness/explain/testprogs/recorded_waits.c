/* recorded_waits HOW: sends wake-ups and waits in a known way, or forks. */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "recorded.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t early = PTHREAD_COND_INITIALIZER;
static pthread_cond_t late = PTHREAD_COND_INITIALIZER;
static pthread_cond_t anew = PTHREAD_COND_INITIALIZER;
static sem_t posted;
static bool waiting;

static __attribute__((noinline)) void send_signal(pthread_cond_t *condition)
{
    assert(pthread_cond_signal(condition) == 0);
}

static __attribute__((noinline)) void post(void)
{
    errno = 4711;
    assert(sem_post(&posted) == 0 && errno == 4711);
}

static void *wait_long(void *condition)
{
    pthread_mutex_lock(&lock);
    say("waiter", (uint64_t)gettid());
    waiting = true;
    for (;;)
        pthread_cond_wait(condition, &lock);
}

/* Whoever finds `waiting` set under the lock knows that the wait has begun. */
static pthread_t start_waiter(pthread_cond_t *condition)
{
    pthread_t thread;
    bool begun = false;
    waiting = false;
    assert(pthread_create(&thread, NULL, wait_long, condition) == 0);
    while (!begun) {
        pthread_mutex_lock(&lock);
        begun = waiting;
        pthread_mutex_unlock(&lock);
    }
    return thread;
}

static void *post_once(void *arg)
{
    say("poster", (uint64_t)gettid());
    post();
    return arg;
}

static void wakes(void)
{
    SAY_ADDRESS(&early);
    SAY_ADDRESS(&late);
    SAY_ADDRESS(&anew);
    SAY_ADDRESS(&posted);
    SAY_ADDRESS(&lock);
    SAY_ADDRESS(send_signal);
    SAY_ADDRESS(post);
    assert(sem_init(&posted, 0, 0) == 0);
    post();
    run(post_once, NULL);
    send_signal(&anew);
    assert(pthread_cond_destroy(&anew) == 0 && pthread_cond_init(&anew, NULL) == 0);
    send_signal(&early);
    start_waiter(&early);
    send_signal(&late);
    send_signal(&late);
    assert(pthread_cond_broadcast(&late) == 0);
    ready();
}

static volatile bool cleaned;

static void clean(void *mutex)
{
    cleaned = true;
    pthread_mutex_unlock(mutex);
}

static void *wait_cancelled(void *how)
{
    struct timespec far = {.tv_sec = INT32_MAX};
    pthread_mutex_lock(&lock);
    pthread_cleanup_push(clean, &lock);
    waiting = true;
    switch (*(const char *)how) {
    case 'w':
        pthread_cond_wait(&early, &lock);
        break;
    case 't':
        pthread_cond_timedwait(&early, &lock, &far);
        break;
    case 'c':
        pthread_cond_clockwait(&early, &lock, CLOCK_MONOTONIC, &far);
        break;
    case 's':
        sem_wait(&posted);
        break;
    case 'd':
        sem_timedwait(&posted, &far);
        break;
    default:
        sem_clockwait(&posted, CLOCK_MONOTONIC, &far);
    }
    pthread_cleanup_pop(0);
    return how;
}

static void cancelled(void)
{
    assert(sem_init(&posted, 0, 0) == 0);
    for (const char *how = "wtcsdk"; *how; how++) {
        pthread_t thread;
        void *result;
        cleaned = false;
        assert(pthread_create(&thread, NULL, wait_cancelled, (void *)how) == 0);
        assert(pthread_cancel(thread) == 0);
        assert(pthread_join(thread, &result) == 0);
        assert(result == PTHREAD_CANCELED && cleaned);
    }
    struct timespec past = {.tv_sec = 1};
    pthread_mutex_lock(&lock);
    assert(pthread_cond_timedwait(&early, &lock, &past) == ETIMEDOUT);
    assert(pthread_cond_clockwait(&early, &lock, CLOCK_MONOTONIC, &past) == ETIMEDOUT);
    errno = 0;
    assert(sem_timedwait(&posted, &past) == -1 && errno == ETIMEDOUT);
    errno = 0;
    assert(sem_clockwait(&posted, CLOCK_MONOTONIC, &past) == -1 && errno == ETIMEDOUT);
    pthread_mutex_unlock(&lock);
    ready();
}

static void *in_child(void *condition)
{
    say("child.thread", (uint64_t)gettid());
    pthread_mutex_lock(condition);
    return NULL;
}

static void *take_other(void *arg)
{
    say("ended", (uint64_t)gettid());
    pthread_mutex_lock(&other);
    return arg;
}

/* The parent ends up in waitpid(); its child tells for both. */
static void forked(void)
{
    static pthread_mutex_t child_lock = PTHREAD_MUTEX_INITIALIZER;
    static pthread_mutex_t kept = PTHREAD_MUTEX_INITIALIZER;
    SAY_ADDRESS(&lock);
    SAY_ADDRESS(&other);
    SAY_ADDRESS(&kept);
    SAY_ADDRESS(&child_lock);
    say("parent", (uint64_t)getpid());
    run(take_other, NULL);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&kept);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        say("child", (uint64_t)getpid());
        /* The thread is the first in the child to lock anything. */
        run(in_child, &child_lock);
        pthread_mutex_unlock(&lock);
        ready();
    }
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    static const struct way ways[] = {
        {"wakes", wakes}, {"cancelled", cancelled}, {"forked", forked}};
    return GO(ways);
}
