/* What the programs of the runtime's tests share: the argument says which of a program's modes runs, and its result is
 * the exit status. */
#ifndef RACELAB_EXPLORE_TESTPROGS_SUBJECT_H
#define RACELAB_EXPLORE_TESTPROGS_SUBJECT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE // NOLINT(*-reserved-identifier)
#endif

#include <errno.h>
#include <stdbool.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            _exit(99);                                                                             \
        }                                                                                          \
    } while (0)

/* A call and what it gives, to be compared with the C library's own answers. */
#define TELL(call) printf("%d %s = %d\n", __LINE__, #call, (call))
#define TELL_ERRNO(call)                                                                           \
    do {                                                                                           \
        errno = 0;                                                                                 \
        int told_result = (call);                                                                  \
        printf("%d %s = %d, errno %d\n", __LINE__, #call, told_result, errno);                     \
    } while (0)

/* Times of every clock that has timed calls. */
static const struct timespec past = {.tv_sec = 1};
static const struct timespec far = {.tv_sec = 4000000000};
static const struct timespec invalid = {.tv_sec = 1, .tv_nsec = 1000000000};

static inline pthread_t make(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, argument) == 0);
    return thread;
}

static inline void join(pthread_t thread)
{
    CHECK(pthread_join(thread, NULL) == 0);
}

/* Does that in another thread, to its end. */
static inline void in_other(void *(*function)(void *), void *argument)
{
    join(make(function, argument));
}

struct mode {
    const char *name;
    int (*run)(void);
};

static inline int run_mode(const struct mode *modes, int count, char **arguments)
{
    for (int i = 0; arguments[1] && i < count; i++)
        if (strcmp(modes[i].name, arguments[1]) == 0)
            return modes[i].run();
    return 98;
}

#define MODES(...)                                                                                 \
    int main(int count, char **arguments)                                                          \
    {                                                                                              \
        static const struct mode modes[] = {__VA_ARGS__};                                          \
        (void)count;                                                                               \
        (void)past;                                                                                \
        (void)far;                                                                                 \
        (void)invalid;                                                                             \
        return run_mode(modes, sizeof modes / sizeof *modes, arguments);                           \
    }

#endif
