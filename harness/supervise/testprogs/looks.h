/*
 * Ways to look hung and not to be: each waits for something that comes in the end, of itself or by
 * another thread or process of the program.
 */
#ifndef RACELAB_TESTPROGS_LOOKS_H
#define RACELAB_TESTPROGS_LOOKS_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct look {
    const char *name; /* NULL ends a list */
    void (*run)(void);
};

extern const struct look looks_timed[];
extern const struct look looks_signals[];
extern const struct look looks_peers[];
extern const struct look looks_sockets[];
extern const struct look looks_threads[];
extern const struct look looks_shared[];
extern const struct look looks_processes[];
extern const struct look looks_stopped[];

/* What somebody outside the program has, and gives late. "stopped" is for nobody to end. */
struct outside_look {
    const char *name;
    void (*prepare)(void);
    void (*give)(void);
    void (*await)(void);
};

extern const struct outside_look looks_outside[];

/* Several times what a hang takes to be seen. */
#define WHILE_MS 500
static const struct timespec while_ = {0, WHILE_MS * 1000000L};

/* Ends the program with a failure where a call did not do what the way is about. */
#define MUST(holds) must(holds, #holds)
void must(bool holds, const char *what);

void rest(void);
/* Uses a processor for longer than a hang takes to be seen. */
void compute(void);
/* while_ from now. */
struct timespec deadline(clockid_t clock);
/* By CLOCK_MONOTONIC. */
bool is_past(const struct timespec *then);

/* Runs `later` in a child, which then exits with 0. */
pid_t start_child(void (*later)(void));
/* Waits for the child, which must exit with 0. */
void reap_child(pid_t child);

#endif
