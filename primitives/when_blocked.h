#ifndef RACELAB_PRIMITIVES_WHEN_BLOCKED_H
#define RACELAB_PRIMITIVES_WHEN_BLOCKED_H

/*
 * For tests only: proves that a call blocks, by state and not by the clock.
 *
 * The test is linked with -Wl,--wrap=deadline_wait,--wrap=deadline_poll, so every wait of the
 * primitives passes through this file, which knows who waits where. A test that expects a call
 * to block prepares what will end the wait, makes the call itself, and asks afterwards:
 *
 *     when_blocked_start(&w, &queue.not_full, take_one, &queue);
 *     assert_int_equal(task_queue_put(&queue, item), 0);
 *     assert_true(when_blocked_end(&w));
 *
 * If the call does not wait, take_one never runs, and the test fails instead of hanging.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct when_blocked {
    pthread_t thread;
    const pthread_cond_t *cond;
    void (*action)(void *argument);
    void *argument;
    bool ended; /* guarded by the mutex in when_blocked.c */
    bool ran;   /* of the thread until it is joined */
};

/*
 * Starts a thread that runs action(argument) as soon as somebody waits on cond; NULL stands for
 * any condition, and for deadline_poll.
 */
void when_blocked_start(struct when_blocked *when, const pthread_cond_t *cond,
                        void (*action)(void *argument), void *argument);

/* Calls off an action that has not run, and returns whether it has. */
bool when_blocked_end(struct when_blocked *when);

/* Returns when that many threads wait on cond. */
void wait_until_blocked(const pthread_cond_t *cond, size_t threads);

#endif
