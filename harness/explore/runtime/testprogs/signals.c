/* Threads that send each other signals. */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "ways.h"

static sem_t posted, begun;
static volatile int handled;
static pthread_t sender;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void post(int signal)
{
    handled = signal;
    CHECK(sem_post(&posted) == 0);
}

static void note(int signal)
{
    handled = signal;
}

static void install(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    CHECK(sigaction(signal, &action, NULL) == 0);
}

static void *wait_posted(void *unused)
{
    CHECK(sem_post(&begun) == 0);
    while (sem_wait(&posted) != 0)
        CHECK(errno == EINTR);
    return unused;
}

/* A thread is blocked, and a handler of its own lets it go on. */
static int semaphore(void)
{
    CHECK(sem_init(&posted, 0, 0) == 0 && sem_init(&begun, 0, 0) == 0);
    install(SIGUSR1, post);
    pthread_t thread = make(wait_posted, NULL);
    CHECK(sem_wait(&begun) == 0);
    CHECK(pthread_kill(thread, SIGUSR1) == 0);
    join(thread);
    return handled == SIGUSR1 ? 0 : 1;
}

static void *send_to_main(void *main)
{
    CHECK(pthread_kill(*(pthread_t *)main, SIGUSR1) == 0);
    return NULL;
}

/* Whether the handler ran before main looked. */
static int before_or_after(void)
{
    pthread_t self = pthread_self();
    install(SIGUSR1, note);
    pthread_t thread = make(send_to_main, &self);
    time(NULL); /* a point */
    int seen = handled;
    join(thread);
    time(NULL);
    CHECK(handled == SIGUSR1);
    return seen ? 1 : 0;
}

/* A handler that locks what its thread has already: only where it comes in between. */
static void lock(int signal)
{
    note(signal);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static int lock_in_handler(void)
{
    pthread_t self = pthread_self();
    install(SIGUSR1, lock);
    pthread_t thread = make(send_to_main, &self);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    time(NULL);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    join(thread);
    return 0;
}

static int to_itself(void)
{
    install(SIGUSR1, lock);
    CHECK(raise(SIGUSR1) == 0 && handled == SIGUSR1);
    handled = 0;
    CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0 && handled == SIGUSR1);
    handled = 0;
    CHECK(kill(getpid(), SIGUSR1) == 0 && handled == SIGUSR1);
    return 0;
}

static void *take(void *unused)
{
    sigset_t set;
    int signal = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    CHECK(sigwait(&set, &signal) == 0);
    CHECK(unused || signal == SIGUSR1);
    return (void *)(intptr_t)signal;
}

static void block(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
}

static int wait_for_process(void)
{
    block();
    pthread_t thread = make(take, NULL);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    join(thread);
    return 0;
}

/* Two threads take what is sent to one and to both. */
static int wait_for_two(void)
{
    block();
    pthread_t a = make(take, &sender);
    pthread_t b = make(take, &sender);
    CHECK(pthread_kill(a, SIGUSR1) == 0);
    CHECK(kill(getpid(), SIGUSR2) == 0);
    CHECK(pthread_kill(b, SIGUSR1) == 0);
    join(a);
    join(b);
    return 0;
}

static int timed_wait(void)
{
    sigset_t set;
    pthread_t self = pthread_self();
    siginfo_t info;
    block();
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_t thread = make(send_to_main, &self);
    int taken = sigtimedwait(&set, &info, &(struct timespec){1, 0});
    CHECK(taken == SIGUSR1 || (taken == -1 && errno == EAGAIN));
    join(thread);
    return taken == SIGUSR1;
}

/* Blocked but for the time of the wait, so that it cannot come too early. */
static int suspend(void)
{
    sigset_t none;
    pthread_t self = pthread_self();
    sigemptyset(&none);
    block();
    install(SIGUSR1, note);
    pthread_t thread = make(send_to_main, &self);
    time(NULL); /* a point: it may be pending already */
    CHECK(!handled);
    CHECK(sigsuspend(&none) == -1 && errno == EINTR);
    CHECK(handled == SIGUSR1);
    join(thread);
    return 0;
}

static void *wait_for_ever(void *unused)
{
    CHECK(sem_wait(&posted) == 0);
    return unused;
}

/* The default action of a signal that was sent to a blocked thread. */
static int fatal(void)
{
    CHECK(sem_init(&posted, 0, 0) == 0);
    pthread_t thread = make(wait_for_ever, NULL);
    /* NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): to end by it is what is tried */
    CHECK(pthread_kill(thread, SIGTERM) == 0);
    join(thread);
    return 0;
}

int main(int count, char **arguments)
{
    static const struct way ways[] = {{"semaphore", semaphore},
                                      {"before-or-after", before_or_after},
                                      {"lock-in-handler", lock_in_handler},
                                      {"to-itself", to_itself},
                                      {"wait-for-process", wait_for_process},
                                      {"wait-for-two", wait_for_two},
                                      {"timed-wait", timed_wait},
                                      {"suspend", suspend},
                                      {"fatal", fatal},
                                      {NULL, NULL}};
    return count == 2 ? go(ways, arguments[1]) : 254;
}
