/* A run of pairs built by hand, for the tests of its page. */
#ifndef RACELAB_PRESENT_HTML_FIXTURE_H
#define RACELAB_PRESENT_HTML_FIXTURE_H

#include "judge/matrix.h"

enum { FIXTURE_PAIRS = 4 };

/*
 * race/visitors: tsan tells both sides of a race, with locks, stacks and where the threads were made;
 * drd one side; the watchdog is blind.
 * deadlock/swap: two threads wait for each other and main for one of them, under the watchdog; tsan
 * missed it; drd was skipped.
 * waiting/bell: a lost wake-up without a cycle, under the watchdog; under drd two processes that each
 * wait for room in a pipe which the other should read.
 * misuse/...: HOSTILE (present/check_fixture.h) and MARKUP in every text, and bytes that are no UTF-8.
 */
struct run_fixture {
    struct pair pairs[FIXTURE_PAIRS];
    struct matrix matrix;
};

/* Markup that would run a script if it were obeyed, and the ends of what it might stand in. */
#define MARKUP                                                                                     \
    "</script><script>window.pwned=1</script><img src=x onerror=\"window.pwned=1\">-->"            \
    "</noscript><svg onload=window.pwned=1>"

/* Valid UTF-8 that steers a terminal and reorders text: it reaches the page as it is. */
#define STEERING "\033[31m \xe2\x80\xae sdrawkcab"

void run_fixture_make(struct run_fixture *fixture);
void run_fixture_release(struct run_fixture *fixture);

#endif
