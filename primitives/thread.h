#ifndef RACELAB_PRIMITIVES_THREAD_H
#define RACELAB_PRIMITIVES_THREAD_H

/*
 * Python's threading.Thread: a function that runs in a thread of its own, can be asked whether
 * it still runs, and can be joined with a time limit, by several threads, several times.
 *
 * Between thread_init and thread_release any thread may call thread_start, thread_join,
 * thread_is_alive, thread_is_current and thread_name at any time. What a thread wrote before thread_start happens
 * before the function runs, and everything the function did happens before the return of a
 * thread_join that answers 0. Timeouts are milliseconds, see deadline.h.
 *
 * Different from Python:
 * - A C program ends when main returns, whatever its threads are doing. Python first waits for
 *   every non-daemon thread; here main does that itself, with thread_join_all as its last call.
 *   Daemon threads are left running in both worlds and die with the process.
 * - daemon is an argument, never inherited from the thread that creates this one.
 * - The function gets one pointer and returns nothing; an exception has no counterpart.
 * - After fork the child has none of its parent's threads: it must not use their structs.
 */

#include <pthread.h>
#include <stdbool.h>

enum {
    THREAD_NAME_SIZE = 32 /* with the final NUL */
};

enum thread_state {
    THREAD_NEW,
    THREAD_RUNNING,
    THREAD_FINISHED, /* the function has returned, nobody has called pthread_join yet */
    THREAD_JOINING,  /* somebody is in pthread_join */
    THREAD_JOINED
};

/*
 * The states of all threads are guarded by one mutex, `registry` in thread.c: threads start and
 * end rarely, and thread_join_all has to see them all at once.
 */
struct thread {
    /* Set by thread_init and never changed. */
    void (*run)(void *argument);
    void *argument;
    bool daemon;
    char name[THREAD_NAME_SIZE];

    pthread_cond_t changed;  /* signalled, with the registry locked, when state changes */
    enum thread_state state; /* guarded by the registry */
    pthread_t handle;        /* guarded by the registry; valid from RUNNING to JOINING */
    struct thread *next;     /* guarded by the registry; in its list of non-daemon threads */
};

/*
 * Prepares a thread that will run run(argument). The name is copied, and cut to what fits; NULL
 * stands for "Thread-N". The system shows its first 15 bytes. The struct belongs to the caller
 * and must stay where it is until thread_release; that of a daemon thread which outlives main
 * must be static or never freed.
 */
void thread_init(struct thread *thread, const char *name, bool daemon, void (*run)(void *),
                 void *argument);

/* 0, or -EBUSY for a thread that was started and not joined. Nobody may use it any more. */
int thread_release(struct thread *thread);

/* 0; -EALREADY when it was started before; -EAGAIN when the system has no thread to give. */
int thread_start(struct thread *thread);

/*
 * Waits until the thread has ended. 0, also when it was joined before; -ETIMEDOUT; -EINVAL when
 * it was never started; -EDEADLK when a thread joins itself.
 */
int thread_join(struct thread *thread, int timeout_ms);

/* Whether the thread was started and its function has not returned. */
bool thread_is_alive(struct thread *thread);

/* Whether it is this thread that asks. */
bool thread_is_current(struct thread *thread);

/* The name, which belongs to the thread. */
const char *thread_name(const struct thread *thread);

/*
 * Waits until every non-daemon thread, also one that is started meanwhile, has ended. Called at
 * the end of main. 0, or -EDEADLK when the caller is itself one of the threads to wait for.
 */
int thread_join_all(void);

#endif
