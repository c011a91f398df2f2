#include "gate.h"

#include <errno.h>
#include <stdlib.h>

static void down(sem_t *semaphore)
{
    while (sem_wait(semaphore) < 0)
        if (errno != EINTR)
            abort();
}

static void up(sem_t *semaphore)
{
    if (sem_post(semaphore) < 0)
        abort();
}

void gate_init(struct gate *gate)
{
    sem_init(&gate->reached, 0, 0);
    sem_init(&gate->open, 0, 0);
}

void gate_release(struct gate *gate)
{
    sem_destroy(&gate->reached);
    sem_destroy(&gate->open);
}

void gate_pass(struct gate *gate)
{
    up(&gate->reached);
    down(&gate->open);
}

void gate_wait_reached(struct gate *gate)
{
    down(&gate->reached);
}

void gate_open(void *gate)
{
    up(&((struct gate *)gate)->open);
}
