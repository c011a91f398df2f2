/* What the functions on threads promise; exits with 0 where all of it is kept, else with the line. The argument is how
 * many processors the program may run on. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            _exit(__LINE__ % 256);                                                                 \
    } while (0)

static pthread_t first;
static int rounds;
static pthread_key_t key;

static void *same(void *value)
{
    return value;
}

static pthread_t make(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, argument) == 0);
    return thread;
}

static struct timespec soon(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    now.tv_sec++;
    return now;
}

static void values(void)
{
    void *value = NULL;
    CHECK(pthread_join(make(same, (void *)42), &value) == 0 && value == (void *)42);
    struct timespec until = soon(CLOCK_REALTIME);
    pthread_t thread = make(same, (void *)43);
    while (pthread_timedjoin_np(thread, &value, &until) == ETIMEDOUT)
        ;
    CHECK(value == (void *)43);
    until = soon(CLOCK_MONOTONIC);
    thread = make(same, (void *)44);
    while (pthread_clockjoin_np(thread, &value, CLOCK_MONOTONIC, &until) == ETIMEDOUT)
        ;
    CHECK(value == (void *)44);
    thread = make(same, (void *)45);
    while (pthread_tryjoin_np(thread, &value) == EBUSY)
        sched_yield();
    CHECK(value == (void *)45);
}

static void *attributed(void *unused)
{
    pthread_attr_t attributes;
    size_t size;
    int state;
    sigset_t mask;
    CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
    CHECK(pthread_attr_getstacksize(&attributes, &size) == 0 && size == 1 << 20);
    CHECK(pthread_attr_getdetachstate(&attributes, &state) == 0);
    CHECK(state == PTHREAD_CREATE_DETACHED);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0);
    CHECK(sigismember(&mask, SIGUSR1) == 1 && sigismember(&mask, SIGUSR2) == 0);
    pthread_attr_destroy(&attributes);
    return unused;
}

static void attributes(void)
{
    pthread_attr_t wanted;
    pthread_t thread;
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    CHECK(pthread_attr_init(&wanted) == 0);
    CHECK(pthread_attr_setdetachstate(&wanted, PTHREAD_CREATE_DETACHED) == 0);
    CHECK(pthread_attr_setstacksize(&wanted, 1 << 20) == 0);
    CHECK(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);
    CHECK(pthread_create(&thread, &wanted, attributed, NULL) == 0);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL) == 0);
    CHECK(pthread_attr_setstacksize(&wanted, (size_t)1 << 50) == 0);
    CHECK(pthread_create(&thread, &wanted, attributed, NULL) == EAGAIN);
    pthread_attr_destroy(&wanted);
}

static int c11(void *argument)
{
    return *(int *)argument;
}

static int c11_leaves(void *argument)
{
    thrd_exit(*(int *)argument);
}

static void c11_threads(void)
{
    thrd_t thread;
    int value = -7;
    int result = 0;
    CHECK(thrd_create(&thread, c11, &value) == thrd_success);
    CHECK(thrd_join(thread, &result) == thrd_success && result == -7);
    CHECK(thrd_create(&thread, c11_leaves, &value) == thrd_success);
    CHECK(thrd_join(thread, &result) == thrd_success && result == -7);
    CHECK(thrd_create(&thread, c11, &value) == thrd_success && thrd_detach(thread) == thrd_success);
}

/* The last round but one; then the thread's end. */
static void destroy(void *value)
{
    CHECK(pthread_tryjoin_np(first, NULL) == EBUSY);
    if (++rounds < 3)
        CHECK(pthread_setspecific(key, value) == 0);
}

static void *has_data(void *value)
{
    CHECK(pthread_setname_np(pthread_self(), "keeper") == 0);
    CHECK(pthread_setspecific(key, value) == 0);
    pthread_exit(value);
}

static void *shows_processors(void *expected)
{
    cpu_set_t set;
    CHECK(sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) == *(int *)expected);
    CHECK(pthread_getaffinity_np(pthread_self(), sizeof set, &set) == 0);
    CHECK(CPU_COUNT(&set) == *(int *)expected);
    CHECK(sched_getaffinity(0, 0, &set) == -1 && errno == EINVAL);
    return NULL;
}

/* A child is not under control, and goes on where it was forked from. */
static void child(int processors)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        pthread_join(make(shows_processors, &processors), NULL);
        exit(5);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

int main(int count, char **arguments)
{
    int processors = count > 1 ? atoi(arguments[1]) : 0;
    first = pthread_self();
    CHECK(pthread_key_create(&key, destroy) == 0);
    CHECK(pthread_join(make(has_data, &key), NULL) == 0 && rounds == 3);
    values();
    attributes();
    c11_threads();
    CHECK(pthread_join(make(shows_processors, &processors), NULL) == 0);
    child(processors);
    return 0;
}
