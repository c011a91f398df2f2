/*
 * For the recorder's tests: real programs under the real preload library, each stopped where it has
 * said all that is to be found.
 *
 * RECORDER is the path of the library, TESTPROGS the directory of the programs built from
 * testprogs/recorded_*.c; both are compile definitions. TSan builds are in TESTPROGS "/tsan/".
 */
#ifndef RACELAB_EXPLAIN_RECORDER_RECORDER_TEST_SUPPORT_H
#define RACELAB_EXPLAIN_RECORDER_RECORDER_TEST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "explain/recorder/recording.h"

#define LOCKS_PROGRAM   TESTPROGS "/recorded_locks"
#define WAITS_PROGRAM   TESTPROGS "/recorded_waits"
#define SIGNALS_PROGRAM TESTPROGS "/recorded_signals"
#define ROOM_PROGRAM    TESTPROGS "/recorded_room"

enum { MOST_FACTS = 64 };

struct subject {
    pid_t pid;
    struct {
        char name[32];
        uint64_t value;
    } facts[MOST_FACTS];
    size_t fact_count;
    struct recording recording;
};

/* Begins a program, with the library or without, and listens until it says "ready". */
void start(struct subject *subject, const char *program, const char *how, const char *preload);
/* The same with the library; then reads its recording. */
void run(struct subject *subject, const char *program, const char *how);
/* Ends the program with all its children. */
void stop(struct subject *subject);
/* The same as start() in two parts: begins a program, which stops at once where it is to be traced,
 * and returns the descriptor of what it says; listens to that until it is "ready". */
int start_silent(struct subject *subject, const char *program, const char *how, const char *preload,
                 bool traced);
void listen_to(struct subject *subject, int fd);

/* What the program has said last under this name; fails the test where that is nothing. */
uint64_t fact(const struct subject *subject, const char *name);
/* Fails the test where the thread has no notes. */
const struct recorded_thread *thread_of(const struct subject *subject, const char *name);
/* NULL: the thread does not hold it. Fails the test where it is noted twice. */
const struct recorded_hold *hold_of(const struct subject *subject, const char *thread,
                                    const char *object);
/* How many holds there are of the object. */
size_t holders(const struct subject *subject, const char *object);
void assert_called_in(const struct subject *subject, const struct recorded_call *call,
                      const char *function);

#endif
