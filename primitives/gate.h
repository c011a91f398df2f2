#ifndef RACELAB_PRIMITIVES_GATE_H
#define RACELAB_PRIMITIVES_GATE_H

/*
 * For tests only: a place where one thread stands until the test lets it go on. It waits on
 * semaphores and not on one of the primitives, so that when_blocked does not see it there.
 */

#include <semaphore.h>

struct gate {
    sem_t reached;
    sem_t open;
};

void gate_init(struct gate *gate);
void gate_release(struct gate *gate);

/* In the thread that stands at the gate. */
void gate_pass(struct gate *gate);

/* In the test. gate_open takes any pointer, for when_blocked_start. */
void gate_wait_reached(struct gate *gate);
void gate_open(void *gate);

#endif
