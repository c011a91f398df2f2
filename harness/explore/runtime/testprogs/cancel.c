/* Threads that are cancelled where they wait. */
#include <errno.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>

#include "ways.h"

static int fds[2];
static volatile int cleaned, reached;
static sem_t semaphore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

/* Of the canceled thread: passes points of its own. */
static void clean(void *unlock)
{
    cleaned++;
    time(NULL);
    if (unlock)
        CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static int cancelled(void *(*function)(void *))
{
    pthread_t thread = make(function, NULL);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(join(thread) == PTHREAD_CANCELED);
    CHECK(cleaned == 1);
    return reached;
}

#define WAITING(name, unlock, statement)                                                           \
    static void *wait_by_##name(void *unused)                                                      \
    {                                                                                              \
        pthread_cleanup_push(clean, unlock);                                                       \
        time(NULL);                                                                                \
        statement;                                                                                 \
        CHECK(0);                                                                                  \
        pthread_cleanup_pop(0);                                                                    \
        return unused;                                                                             \
    }                                                                                              \
    static int by_##name(void)                                                                     \
    {                                                                                              \
        CHECK(pipe(fds) == 0 && sem_init(&semaphore, 0, 0) == 0);                                  \
        return cancelled(wait_by_##name);                                                          \
    }

static char byte;
/* Before the clean-up is pushed it may be cancelled nowhere: create and join are no cancellation points of its. */
WAITING(read, NULL, (void)!read(fds[0], &byte, 1))
WAITING(sleep, NULL, for (;;) sleep(1))
WAITING(test, NULL, for (;;) pthread_testcancel())
WAITING(semaphore, NULL, sem_wait(&semaphore))
WAITING(condition, &mutex, pthread_mutex_lock(&mutex);
        for (;;) pthread_cond_wait(&condition, &mutex))
WAITING(any_time, NULL, pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
        for (;;) time(NULL))

static void *refuse(void *unused)
{
    CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL) == 0);
    pthread_cleanup_push(clean, NULL);
    CHECK(read(fds[0], &byte, 1) == 1);
    pthread_testcancel();
    reached = 1;
    CHECK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL) == 0);
    pthread_testcancel();
    CHECK(0);
    pthread_cleanup_pop(0);
    return unused;
}

/* One that does not let itself be cancelled waits on, and is cancelled when it lets. */
static int disabled(void)
{
    sem_t unused;
    CHECK(pipe(fds) == 0 && sem_init(&unused, 0, 0) == 0);
    CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL) == 0);
    pthread_t thread = make(refuse, NULL);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(write(fds[1], "x", 1) == 1);
    /* Cancelled before it could refuse: at no point, as none was before. */
    CHECK(join(thread) == PTHREAD_CANCELED);
    CHECK(cleaned == 1 && reached == 1);
    return 0;
}

static void *finish(void *unused)
{
    pthread_cleanup_push(clean, NULL);
    sleep(1);
    reached = 1;
    pthread_cleanup_pop(0);
    return unused;
}

/* It may have slept already. */
static int race(void)
{
    pthread_t thread = make(finish, NULL);
    CHECK(pthread_cancel(thread) == 0);
    void *value = join(thread);
    CHECK(reached == (value != PTHREAD_CANCELED) && cleaned == !reached);
    return reached;
}

int main(int count, char **arguments)
{
    static const struct way ways[] = {{"read", by_read},
                                      {"sleep", by_sleep},
                                      {"test", by_test},
                                      {"semaphore", by_semaphore},
                                      {"condition", by_condition},
                                      {"any-time", by_any_time},
                                      {"disabled", disabled},
                                      {"race", race},
                                      {NULL, NULL}};
    return count == 2 ? go(ways, arguments[1]) : 254;
}
