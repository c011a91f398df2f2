/*
 * For the tests of waits: a process tree that is made to hang, and what wait_tell() says of it.
 *
 * A body runs in a fork of the test, so that its static objects are at the same addresses. Threads
 * are counted by process in the order of their beginning, then in the order of their creation.
 */
#ifndef RACELAB_EXPLAIN_WAITS_LIVE_SUPPORT_H
#define RACELAB_EXPLAIN_WAITS_LIVE_SUPPORT_H

#include <pthread.h>

#include "explain/waits/wait.h"

enum { LIVE_MOST = 8, LIVE_FRAMES = 4 };

struct live {
    pid_t root;
    struct explanation explanation;
    struct proc_thread samples[LIVE_MOST];
    struct wait_sources sources;
};

/* An object that object_at answers with; ended by a base of NULL. */
struct live_object {
    const void *base;
    size_t size;
    const char *name;
    const char *type;
};
extern const struct live_object *live_objects; /* NULL: none is known */

/* Memory that the test and all bodies share, for what a body has to tell. Zero at each start. */
extern struct live_shared {
    pid_t pid;
    int fd[4];
    volatile int step;
} * live_shared;

/* Starts the body and waits until the tree has `count` threads, which sleep in these calls. */
void live_start(struct live *live, void (*body)(void), const long *calls, size_t count);
/* Lets wait_tell() fill every thread; frames[i] are the function names of thread i, innermost
 * first. */
void live_tell(struct live *live, const char *const (*frames)[LIVE_FRAMES]);
const struct waiting *live_waiting(const struct live *live, size_t thread);
void live_end(struct live *live);

/* Fails the test unless holder `at` of the thread's wait is this. */
void live_check_holder(const struct live *live, size_t thread, size_t at, size_t holder,
                       size_t process, int fd);
void live_check_who(const struct live *live, size_t thread, size_t at, const char *who);

/* For bodies. */
void live_pause(void); /* sleeps for ever */
pid_t live_fork(void); /* a child that ends with its parent */
pthread_t live_thread(void *(*function)(void *), void *argument);

#endif
