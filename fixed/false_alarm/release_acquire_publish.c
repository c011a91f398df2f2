/*
 * release_acquire_publish: lines of a departures board, each released by its gate
 *
 * Story: each gate of an airport fills in its own line of the departures board and marks it as
 *        complete. The board goes round the lines and shows each one that is.
 * Wrong: now and then a line is shown with its flight and with gate 0.
 * Why: a release store publishes what was written before it. The gate number is written after it,
 *      so nothing orders that store before the board's load of it: a data race.
 * Fix: the line is marked when all of it is filled in, so that the mark publishes the gate, too.
 * Roadmap: threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-696 Incorrect Behavior Order
 * CERT: CON43-C; POS49-C
 * Rate: a wrong gate is shown where the board loads the line between the mark and the gate number.
 *       The gate has to be found first, and the board looks at nothing but the marks meanwhile.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define LINES 3

struct line {
    long flight;
    long gate;
    atomic_bool complete;
    bool shown;                             /* the board's own note */
};

static struct line line[LINES];
static const long flight_at[500] = {[460] = 1, [470] = 2, [480] = 3};   /* by gate */

static void complete(struct line *own)
{
    atomic_store_explicit(&own->complete, true, memory_order_release);  /* alarm: race(complete) by
            helgrind, drd: a release store and an acquire load are plain moves in machine code */
}

static bool is_complete(struct line *at)
{
    return atomic_load_explicit(&at->complete, memory_order_acquire);   /* alarm: race(complete) */
}

static long find_gate(long flight)
{
    long gate = 0;

    while (flight_at[gate] != flight)
        gate++;
    return gate;
}

static void *announce(void *arg)
{
    struct line *own = arg;

    own->flight = own - line + 1;           /* alarm: race(line) by helgrind, drd: where the
            mark is a plain move, nothing orders what it publishes */
    own->gate = find_gate(own->flight);     /* bug: race(gate) */ /* alarm: race(line) */
    complete(own);
    return NULL;
}

static void *show(void *arg)
{
    long *sum = arg;

    for (int shown = 0; shown < LINES; sched_yield()) {
        for (struct line *at = line; at < line + LINES; at++) {
            if (at->shown || !is_complete(at))
                continue;
            *sum += at->flight + 10 * at->gate; /* bug: race(gate) */ /* alarm: race(line) */
            at->shown = true;
            shown++;
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t board, gate[LINES];
    long sum = 0;

    pthread_create(&board, NULL, show, &sum);
    for (int i = 0; i < LINES; i++)
        pthread_create(&gate[i], NULL, announce, &line[i]);
    for (int i = 0; i < LINES; i++)
        pthread_join(gate[i], NULL);
    pthread_join(board, NULL);
    assert(sum == 14106);   /* bug: wrong-result(sum); watchdog rate: the board may come by later */
    return 0;
}
