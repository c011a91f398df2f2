/*
 * What the programs recorded_*.c share: each prints what an outside reader of its recording has to
 * find ("name number" in each line), then "ready", and waits for a signal for ever.
 */
#ifndef RACELAB_EXPLAIN_RECORDED_H
#define RACELAB_EXPLAIN_RECORDED_H

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static inline void say(const char *name, uint64_t value)
{
    printf("%s %" PRIu64 "\n", name, value);
}

#define SAY_ADDRESS(object) say(#object, (uint64_t)(uintptr_t)(object))

static inline void ready(void)
{
    printf("ready\n");
    fflush(stdout);
    for (;;)
        pause();
}

/* A thread, to its end. */
static inline void run(void *(*start)(void *), void *argument)
{
    pthread_t thread;
    assert(pthread_create(&thread, NULL, start, argument) == 0);
    assert(pthread_join(thread, NULL) == 0);
}

/* One of the ways to run a program. */
struct way {
    const char *name;
    void (*run)(void);
};

/* Does not return where the way is known. */
static inline int go(const struct way *ways, size_t count, int argc, char **argv)
{
    assert(argc == 2);
    say("main", (uint64_t)gettid());
    for (size_t i = 0; i < count; i++)
        if (strcmp(argv[1], ways[i].name) == 0)
            ways[i].run();
    return 2;
}

#define GO(ways) go(ways, sizeof(ways) / sizeof *(ways), argc, argv)

#endif
