/*
 * One wait by a futex, as the files that tell it share it.
 */
#ifndef RACELAB_EXPLAIN_WAITS_FUTEX_WAIT_H
#define RACELAB_EXPLAIN_WAITS_FUTEX_WAIT_H

#include "explain/waits/calls.h"
#include "explain/waits/wait.h"

struct futex_wait {
    const struct explanation *explanation;
    size_t index;
    const struct stuck_thread *thread;
    pid_t pid;
    const struct proc_thread *sample;
    const struct wait_sources *sources;
    uint64_t word;
    uint32_t value; /* that the word had when the thread fell asleep */
    int command;
    bool private; /* to one process */
    struct call_found call;
    struct known_object known; /* of the word; base 0: none */
    enum wait_for known_as;    /* by the name of its type; FOR_UNKNOWN: no lock object */
};

/*
 * Sets the object, its state, the holders and the note of a wait whose kind, call and limit are
 * told; `certain` becomes false where the memory speaks against the kind.
 */
void futex_tell_object(const struct futex_wait *wait, struct waiting *waiting);

#endif
