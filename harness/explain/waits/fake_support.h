/*
 * For the tests of waits: a tree of two processes with three threads, whose memory and stacks are
 * made up. None of them exists.
 */
#ifndef RACELAB_EXPLAIN_WAITS_FAKE_SUPPORT_H
#define RACELAB_EXPLAIN_WAITS_FAKE_SUPPORT_H

#include <linux/futex.h>

#include "explain/waits/wait.h"

/* Above what the kernel can give, so that /proc has none of them. */
enum { PID = 0x500000, CHILD = 0x500010, WORDS = 64 };

#define BASE  UINT64_C(0x7000000000) /* of the memory, which every process has */
#define STACK UINT64_C(0x7fff00000000)

enum {
    PRIVATE_WAIT = FUTEX_WAIT | FUTEX_PRIVATE_FLAG,
    PRIVATE_BITSET = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME,
    SHARED_BITSET = FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME,
};

/* The parent's threads are 0 (first) and 1, the child's 2 (first); their ids PID, PID + 1,
 * CHILD. */
extern struct stuck_process processes[2];
extern struct stuck_thread threads[3];
extern struct explanation explanation;
extern uint32_t memory[WORDS];
extern struct known_object known; /* the answer of object_at from its base on; base 0: none */
extern struct wait_sources sources;

int set_up(void **state);
int tear_down(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Gives a thread a stack of up to three functions, innermost first. */
void stack_of(size_t thread, const char *a, const char *b, const char *c);

/* What wait_tell() says of a thread that sleeps in this call. */
const struct waiting *tell(size_t thread, long call, uint64_t a, uint64_t b, uint64_t c,
                           uint64_t d);
const struct waiting *tell_futex(size_t thread, uint64_t word, int operation, uint32_t value);

/* A mutex at BASE, which one thread has. */
void put_mutex(uint32_t word, int owner, int kind);
/* A condition at BASE + 8 with one waiter, the sixth there ever was. */
void put_condition(void);

/* Fails unless the wait has this one holder. */
void check_holder(const struct waiting *waiting, size_t thread, size_t process, const char *who);

#endif
