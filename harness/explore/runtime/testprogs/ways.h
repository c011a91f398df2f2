/* A program that does what its argument names. */
#ifndef RACELAB_EXPLORE_TESTPROGS_WAYS_H
#define RACELAB_EXPLORE_TESTPROGS_WAYS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The status is the line where it went wrong. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            dprintf(2, "line %d: %s\n", __LINE__, #condition);                                     \
            _exit(255);                                                                            \
        }                                                                                          \
    } while (0)

struct way {
    const char *name;
    int (*function)(void);
};

static inline pthread_t make(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, argument) == 0);
    return thread;
}

static inline void *join(pthread_t thread)
{
    void *value;
    CHECK(pthread_join(thread, &value) == 0);
    return value;
}

static inline int go(const struct way *ways, const char *name)
{
    for (; name && ways->name; ways++)
        if (strcmp(ways->name, name) == 0)
            return ways->function();
    return 254;
}

#endif
