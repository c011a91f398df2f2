/*
 * From what a run left in its block to what people read: places, names and sentences, by the debug info of the
 * program's files. The program need not run; nothing of a live process is read.
 *
 * For one thread at a time.
 */
#ifndef RACELAB_EXPLORE_RESOLVE_H
#define RACELAB_EXPLORE_RESOLVE_H

#include "explore/wire.h"
#include "model/exploration.h"

/* Text of one line of a source (1-based), from malloc; NULL where it cannot be had. sources_line() is one. */
typedef char *resolve_line_fn(const char *file, int line, void *user);

struct resolve_options {
    const char *program; /* path of the executable; borrowed while the resolver lives */
    const char
        *root; /* cut off the paths of files below it; NULL: paths as the debug info has them */
    resolve_line_fn *line; /* NULL: no source is told */
    void *user;            /* for `line` */
};

struct resolver;

/*
 * Opens the program and the modules that the block lists; those that cannot be read are told by their name. Addresses of
 * all later blocks must mean the same: ASLR is off, the program unchanged. 0 or a negative errno: the program is no ELF
 * file that can be read.
 */
int resolver_new(const struct resolve_options *options, const struct wire_block *block,
                 struct resolver **made);
void resolver_free(struct resolver *resolver); /* NULL is allowed */

/*
 * Fills threads and steps of the schedule, which has none, from a run that was recorded. Rows are what matters: each switch,
 * each operation of synchronisation, each access to memory that another thread accesses too and at least one writes, and where
 * the run failed. Rows that repeat are folded (see struct schedule_step, `again`).
 */
void resolve_schedule(struct resolver *resolver, struct wire_block *block,
                      struct schedule *schedule);

/* How a run ended. FAILURE_NONE also of one that was cut off (WIRE_TOO_LONG, WIRE_UNFINISHED). */
enum failure resolve_failure(const struct wire_outcome *outcome);

/*
 * What fails, in one sentence without a full stop: "assert(balance == 200) fails at bank.c:51 in thread 2", "deadlock: main waits for
 * `a` (locked by thread 2 at bank.c:31), thread 2 for `b` (locked by main at bank.c:20)". The first sentence of `replayed`, what a
 * watchdog saw of the same deadlock, is taken instead where there is one; NULL: nobody looked. From malloc; NULL for FAILURE_NONE.
 */
char *resolve_sentence(struct resolver *resolver, struct wire_block *block,
                       const struct explanation *replayed);

/* Takes over the names that a replay with the same addresses found for objects that have none of their own
 * (`me->other->lock`): call it before the rest. */
void resolver_learn(struct resolver *resolver, const struct explanation *replayed);

/* Adds a sentence to exploration->lost for each reason why another run with the same plan may go another way. */
void resolve_lost(struct resolver *resolver, const struct wire_outcome *outcome,
                  struct exploration *exploration);

/* The place of a return address; the caller releases it with place_release(). */
struct place resolve_place(struct resolver *resolver, uint64_t pc);

#endif
