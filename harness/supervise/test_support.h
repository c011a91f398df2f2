/*
 * For the tests of this room: runs programs to their end and looks for what they leave.
 *
 * KEEPER is the path of the racelab-keeper executable, TESTPROGS the directory of the programs built
 * from testprogs/; both are compile definitions. TSan builds are in TESTPROGS "/tsan/".
 */
#ifndef RACELAB_SUPERVISE_TEST_SUPPORT_H
#define RACELAB_SUPERVISE_TEST_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#include "supervise/supervise.h"

#define PROGRAM(name)      TESTPROGS "/" name
#define TSAN_PROGRAM(name) TESTPROGS "/tsan/" name
#define ARGV(...)          ((const char *const[]){__VA_ARGS__, NULL})

/* Above what any run here needs, also on a busy machine: reaching it is a failure. */
enum { TEST_LIMIT_MS = 60000 };

/* Where done callbacks put what they were told. */
struct told {
    struct run_outcome outcome; /* a copy, its strings included; told_release() frees it */
    unsigned calls;
    uint64_t done_ns;
};

void told_done(const struct run_outcome *outcome, void *told);
void told_release(struct told *told);

/* Runs one program with TEST_LIMIT_MS, a cap of 1 MB and no report directory, to its end. */
void run_program(const char *const *argv, struct told *told);

/* The same with the spec's own numbers. */
void run_with_spec(const struct run_spec *spec, struct told *told);

/* Runs all at once in one supervisor. Each is told of exactly once. */
void run_many(const struct run_spec *specs, struct told *told, size_t count);

/* Every run started through these functions carries a mark in its environment. Fails the test when
 * any process of the system still carries it, or this process has a child of any state. */
void assert_nothing_left(void);

/* The number of processes that carry the mark. */
size_t count_marked(void);

/* The mark, as an environment for a run_spec. */
const char *const *marked_environment(void);

/* Open descriptors of this process. */
size_t count_descriptors(void);

/* A new empty directory; its path is kept until the next call. */
const char *new_directory(void);

/* Removes an existing directory made by new_directory(). */
void remove_directory(const char *path);

#endif
