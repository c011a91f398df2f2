/*
 * How a recording lies in memory: written by the recorder inside the program, read by recording.c
 * from outside while the program may write on. Nothing here is ever locked for the reader.
 *
 * Stamps come from one counter of the process and are never used twice. A note is published by
 * storing its stamp last, and withdrawn by storing 0 in it first; so a reader that finds the same
 * stamp before and after it has copied a note has a whole one.
 */
#ifndef RACELAB_EXPLAIN_RECORDER_RECORDER_LAYOUT_H
#define RACELAB_EXPLAIN_RECORDER_RECORDER_LAYOUT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

#include "explain/recorder/recording.h"

enum { RECORDING_THREADS = 1024, RECORDING_HOLDS = 16, RECORDING_WAKES = 1024 };

/* "raceREC" and the number of this layout */
#define RECORDING_MAGIC UINT64_C(0x7261636552454301)

/* In the place of a stamp: nothing here; somebody writes here. */
enum { STAMP_NONE = 0, STAMP_BUSY = 1, STAMP_FIRST = 2 };

struct hold_note {
    _Atomic uint64_t stamp;
    _Atomic uint64_t object;
    _Atomic uint32_t kind;  /* enum recorded_kind */
    _Atomic uint32_t depth; /* read locks: times taken and not given back */
};

struct thread_note {
    alignas(64) _Atomic uint64_t birth; /* its stamp: when the thread got this slot */
    _Atomic pid_t tid;
    _Atomic pid_t pid;
    _Atomic pid_t inherits;
    _Atomic uint32_t ended; /* another thread has been seen with its tid */
    _Atomic uint32_t top;   /* no hold was ever at or above this index */
    _Atomic uint64_t wait_stamp;
    _Atomic uint64_t waits_on;
    _Atomic uint64_t wait_mutex;
    struct hold_note holds[RECORDING_HOLDS];
};

struct wake_note {
    _Atomic uint64_t count;
    _Atomic uint64_t last_stamp;
    _Atomic uint64_t writer; /* generation of the process that writes the rest; 0: nobody */
    _Atomic uint64_t stamp;  /* of the rest; below last_stamp where the last sender left no place */
    _Atomic pid_t tid;
    alignas(32) struct recorded_call call;
};

/* Ordered so that what is read often is near, and pages that nobody needs stay untouched. */
struct recording_map {
    _Atomic uint64_t magic;       /* stored last */
    uint64_t size;                /* of this struct */
    _Atomic uint64_t stamp;       /* the counter */
    _Atomic uint64_t generations; /* processes that have written here: this one and its forebears */
    _Atomic uint32_t incomplete;
    _Atomic uint32_t threads_used; /* slots ever used; may exceed RECORDING_THREADS for a moment */
    _Atomic uint32_t next_reuse;   /* where the search for the slot of an ended thread goes on */
    _Atomic uint64_t wake_objects[RECORDING_WAKES]; /* hashed; 0: free, never again */
    struct thread_note threads[RECORDING_THREADS];
    struct wake_note wakes[RECORDING_WAKES]; /* wakes[i] is of wake_objects[i] */
    alignas(64) struct recorded_call calls[RECORDING_THREADS][RECORDING_HOLDS];
};

#endif
