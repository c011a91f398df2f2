/* Threads that begin and end in all the ways there are; the argument says which. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            _exit(99);                                                                             \
    } while (0)

static int order[512];
static int ordered;

static void *note(void *number)
{
    order[ordered++] = (int)(long)number;
    return number;
}

static pthread_t make(void *(*function)(void *), long argument)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, (void *)argument) == 0);
    return thread;
}

static void join(pthread_t thread)
{
    CHECK(pthread_join(thread, NULL) == 0);
}

/* The exit status is the order in which three threads went. */
static int three(void)
{
    pthread_t threads[3];
    for (long i = 0; i < 3; i++)
        threads[i] = make(note, i + 1);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    return order[0] * 9 + order[1] * 3 + order[2];
}

static int status(void)
{
    join(make(note, 1));
    return 7;
}

static void *call_exit(void *unused)
{
    (void)unused;
    exit(5);
}

static int exit_in_thread(void)
{
    join(make(call_exit, 0));
    return 1;
}

static pthread_t first;

static void *join_first(void *unused)
{
    (void)unused;
    CHECK(pthread_join(first, NULL) == 0);
    return NULL;
}

static void *join_second(void *thread)
{
    CHECK(pthread_join((pthread_t)thread, NULL) == 0);
    return NULL;
}

/* main waits for a thread that waits for one that waits for main. */
static int deadlock(void)
{
    first = pthread_self();
    pthread_t second = make(join_first, 0);
    join(make(join_second, (long)second));
    return 0;
}

static void *fail(void *unused)
{
    (void)unused;
    int balance = ordered + 1;
    assert(balance == 3);
    return NULL;
}

static int failed_assert(void)
{
    join(make(fail, 0));
    return 0;
}

static void *write_nowhere(void *unused)
{
    (void)unused;
    *(volatile int *)16 = 1;
    return NULL;
}

static int crash(void)
{
    join(make(write_nowhere, 0));
    return 0;
}

static volatile int bottom = 1;

static int deep(const volatile int *above)
{
    volatile int here[1024];
    here[0] = above ? above[0] : 0;
    return bottom ? deep(here) + here[0] : 0;
}

static void *fill_stack(void *unused)
{
    (void)unused;
    return (void *)(long)deep(NULL);
}

static int overflow(void)
{
    join(make(fill_stack, 0));
    return 0;
}

/* The program's call is to be told, not where the scheduler looks at the mutex. */
static int bad_lock(void)
{
    pthread_mutex_t *none = (pthread_mutex_t *)strtoul("0", NULL, 10);
    pthread_mutex_lock(none);
    return 0;
}

static int do_abort(void)
{
    abort();
}

static int endless(void)
{
    for (;;)
        join(make(note, ordered = 0));
}

static int main_leaves(void)
{
    make(note, 1);
    pthread_t last = make(note, 2);
    pthread_detach(last);
    pthread_exit(NULL);
}

static void *joins_main(void *unused)
{
    CHECK(pthread_tryjoin_np(first, NULL) == EBUSY);
    return unused;
}

/* main is its joiner while it tries to join main. */
static void *joins_joiner(void *unused)
{
    CHECK(pthread_join(first, NULL) == EDEADLK);
    CHECK(pthread_join(pthread_self(), NULL) == EDEADLK);
    return unused;
}

static void *joins_joined(void *unused)
{
    CHECK(pthread_join(first, NULL) == EINVAL);
    ordered = 1;
    return unused;
}

/* In one schedule: who can go on goes on. */
static int misuse(void)
{
    first = pthread_self();
    join(make(joins_joiner, 0));
    pthread_t thread = make(joins_main, 0);
    CHECK(pthread_detach(thread) == 0 && pthread_join(thread, NULL) == EINVAL);
    join(make(note, 0));
    pthread_t waits = make(join_first, 0);
    make(joins_joined, 0);
    ordered = 0;
    struct timespec until = {.tv_sec = time(NULL) + 1};
    join(make(note, 0));
    CHECK(pthread_timedjoin_np(make(join_second, (long)waits), NULL, &until) == ETIMEDOUT);
    return ordered == 2 ? 0 : 97;
}

static int many(void)
{
    static pthread_t threads[400];
    for (long i = 0; i < 400; i++)
        threads[i] = make(note, 0);
    for (int i = 0; i < 400; i++)
        join(threads[i]);
    return 3;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {
        {"three", three},       {"status", status},        {"exit", exit_in_thread},
        {"deadlock", deadlock}, {"assert", failed_assert}, {"crash", crash},
        {"abort", do_abort},    {"endless", endless},      {"main-leaves", main_leaves},
        {"many", many},         {"overflow", overflow},    {"misuse", misuse},
        {"bad-lock", bad_lock},
    };
    CHECK(!getenv("LD_PRELOAD") && !getenv("RACELAB_EXPLORE"));
    for (size_t i = 0; count > 1 && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(arguments[1], ways[i].name) == 0)
            return ways[i].run();
    return 98;
}
