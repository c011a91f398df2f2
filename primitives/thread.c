#define _GNU_SOURCE /* pthread_setname_np */
#include "thread.h"

#include "deadline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t registry_changed = PTHREAD_COND_INITIALIZER; /* some state has changed */
static struct thread *non_daemons; /* guarded by registry; started and not joined */
static unsigned unnamed_count;     /* guarded by registry */

/* With the registry locked. */
static void set_state(struct thread *thread, enum thread_state state)
{
    thread->state = state;
    pthread_cond_broadcast(&thread->changed);
    pthread_cond_broadcast(&registry_changed);
}

/* With the registry locked. */
static bool is_current(const struct thread *thread)
{
    return thread->state == THREAD_RUNNING && pthread_equal(thread->handle, pthread_self());
}

/* With the registry locked. */
static void forget(const struct thread *thread)
{
    struct thread **link = &non_daemons;

    while (*link && *link != thread)
        link = &(*link)->next;
    if (*link)
        *link = thread->next;
}

static void set_system_name(const char *name)
{
    enum { SYSTEM_NAME_MAX = 15 };
    char cut[SYSTEM_NAME_MAX + 1];

    snprintf(cut, sizeof cut, "%.*s", SYSTEM_NAME_MAX, name);
    pthread_setname_np(pthread_self(), cut);
}

static void *run_thread(void *argument)
{
    struct thread *thread = argument;

    set_system_name(thread->name);
    thread->run(thread->argument);
    pthread_mutex_lock(&registry);
    set_state(thread, THREAD_FINISHED);
    pthread_mutex_unlock(&registry);
    return NULL;
}

void thread_init(struct thread *thread, const char *name, bool daemon, void (*run)(void *),
                 void *argument)
{
    memset(thread, 0, sizeof *thread);
    thread->run = run;
    thread->argument = argument;
    thread->daemon = daemon;
    thread->state = THREAD_NEW;
    deadline_cond_init(&thread->changed);
    if (name) {
        snprintf(thread->name, sizeof thread->name, "%s", name);
    } else {
        pthread_mutex_lock(&registry);
        snprintf(thread->name, sizeof thread->name, "Thread-%u", ++unnamed_count);
        pthread_mutex_unlock(&registry);
    }
}

int thread_release(struct thread *thread)
{
    enum thread_state state;

    pthread_mutex_lock(&registry);
    state = thread->state;
    pthread_mutex_unlock(&registry);
    if (state != THREAD_NEW && state != THREAD_JOINED)
        return -EBUSY;
    pthread_cond_destroy(&thread->changed);
    return 0;
}

int thread_start(struct thread *thread)
{
    int err = -EALREADY;

    /* Locked across pthread_create, so that the handle is there when the thread is seen to run. */
    pthread_mutex_lock(&registry);
    if (thread->state != THREAD_NEW)
        goto unlock;
    err = -pthread_create(&thread->handle, NULL, run_thread, thread);
    if (err)
        goto unlock;
    if (!thread->daemon) {
        thread->next = non_daemons;
        non_daemons = thread;
    }
    set_state(thread, THREAD_RUNNING);
unlock:
    pthread_mutex_unlock(&registry);
    return err;
}

/*
 * Collects a FINISHED thread; the registry is locked before and after, and free in between.
 * State JOINING keeps others from a second pthread_join and the owner from releasing the struct.
 */
static void collect(struct thread *thread)
{
    pthread_t handle = thread->handle;

    set_state(thread, THREAD_JOINING);
    pthread_mutex_unlock(&registry);
    pthread_join(handle, NULL);
    pthread_mutex_lock(&registry);
    if (!thread->daemon)
        forget(thread);
    set_state(thread, THREAD_JOINED);
}

int thread_join(struct thread *thread, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);
    int err = 0;

    pthread_mutex_lock(&registry);
    if (thread->state == THREAD_NEW)
        err = -EINVAL;
    else if (is_current(thread))
        err = -EDEADLK;
    while ((thread->state == THREAD_RUNNING || thread->state == THREAD_JOINING) && !err)
        err = deadline_wait(&thread->changed, &registry, &deadline);
    /* Not after a timeout: nobody is told that the thread lives on when it has just ended. */
    if (thread->state == THREAD_FINISHED)
        collect(thread);
    if (thread->state == THREAD_JOINED)
        err = 0;
    pthread_mutex_unlock(&registry);
    return err;
}

bool thread_is_alive(struct thread *thread)
{
    bool alive;

    pthread_mutex_lock(&registry);
    alive = thread->state == THREAD_RUNNING;
    pthread_mutex_unlock(&registry);
    return alive;
}

bool thread_is_current(struct thread *thread)
{
    bool current;

    pthread_mutex_lock(&registry);
    current = is_current(thread);
    pthread_mutex_unlock(&registry);
    return current;
}

const char *thread_name(const struct thread *thread)
{
    return thread->name;
}

int thread_join_all(void)
{
    struct deadline never = deadline_after(DEADLINE_NEVER);
    struct thread *thread;
    int err = 0;

    pthread_mutex_lock(&registry);
    for (thread = non_daemons; thread; thread = thread->next)
        if (is_current(thread))
            err = -EDEADLK;
    while (non_daemons && !err) {
        for (thread = non_daemons; thread; thread = thread->next)
            if (thread->state == THREAD_FINISHED)
                break;
        /*
         * No pointer to a thread survives the unlocking in the wait: whoever joins a thread may
         * release its struct, so the list is searched again from its head.
         */
        if (thread)
            collect(thread);
        else
            deadline_wait(&registry_changed, &registry, &never);
    }
    pthread_mutex_unlock(&registry);
    return err;
}
