/*
 * The names of calls that wait: of system calls, and of the C library's functions as they stand in
 * stacks. Pure.
 */
#ifndef RACELAB_EXPLAIN_WAITS_CALLS_H
#define RACELAB_EXPLAIN_WAITS_CALLS_H

#include "model/explanation.h"

/* How many frames are looked at: the C library's own, a runtime's wrapper, and some to spare. */
enum { CALL_FRAMES = 10 };

/* "read"; NULL for a system call that is in no table here. */
const char *call_system_name(long call);

/* A function of the thread library that waits. */
struct call_found {
    enum wait_for what; /* FOR_UNKNOWN: none was found */
    const char *name;   /* as a program calls it: "mtx_lock" rather than "pthread_mutex_lock" */
    bool relocks;       /* a condition's wait is over and takes the mutex again */
};

/*
 * The innermost of the frames that is such a function; a wrapper around it that does the same, as
 * C11's functions do, gives the name. Prefixes and suffixes that glibc, sanitizer runtimes and
 * Valgrind add to a function's name are passed over.
 */
struct call_found call_in_frames(const struct place *frames, size_t count);

/* True where one of the innermost frames is syscall(): the program makes futex calls itself. */
bool call_is_raw(const struct place *frames, size_t count);

/* How many calls of pthread_once() or call_once() the frames show, the innermost included. */
size_t call_count_once(const struct place *frames, size_t count);

/* True where a frame is the named function. */
bool call_in_stack(const struct place *frames, size_t count, const char *name);

/* The function by which a program makes the system call, "recv" for recvfrom, from the frames; else
 * the system call's own name, or NULL. */
const char *call_name(long call, const struct place *frames, size_t count);

#endif
