/*
 * work_stealing_queue: last job of a deque taken by its owner and by a thief
 *
 * Story: a render worker keeps its tiles in a deque without a lock. It pushes and pops at the
 *   bottom; an idle worker, the thief, steals at the top with a compare-and-swap.
 * Wrong: now and then a tile is rendered twice.
 * Why: owner and thief are at opposite ends, and need no agreement while there is a tile between
 *   them. The last one is at both ends: the thief reads the indices while it is there, the owner
 *   lowers the bottom and takes it, and the thief's compare-and-swap succeeds as nobody has moved
 *   the top. It is the deque of Chase and Lev (SPAA 2005).
 * Fix: the owner takes the last tile as a thief would, by a compare-and-swap of the top. Only one
 *   of the two succeeds.
 * Roadmap: threads, Queue, pool, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON07-C
 * Rate: The owner must pop the last tile between the thief's look at the bottom and its attempt to
 *   move the top. There are few tiles, so that most runs come out right; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { TILES = 3, SLOTS = 4, NONE = -1 };

static atomic_int slot[SLOTS];
static atomic_int top;                      /* the next to be stolen; only goes up */
static atomic_int bottom;                   /* where the next is pushed; only the owner stores it */

static void push(int tile)
{
    int b = atomic_load(&bottom);

    atomic_store(&slot[b % SLOTS], tile);
    atomic_store(&bottom, b + 1);
}

static int pop(void)
{
    int b = atomic_load(&bottom) - 1;

    atomic_store(&bottom, b);
    int t = atomic_load(&top);
    int tile = t <= b ? atomic_load(&slot[b % SLOTS]) : NONE;
    if (t > b)
        atomic_store(&bottom, b + 1);
    return tile;
}

/* Also returns NONE when it comes too late for the tile that it saw. */
static int steal(void)
{
    int t = atomic_load(&top);

    if (t >= atomic_load(&bottom))
        return NONE;
    int tile = atomic_load(&slot[t % SLOTS]);
    return atomic_compare_exchange_strong(&top, &t, t + 1) ? tile : NONE;
}

static void render(int *rendered, int tile)
{
    if (tile != NONE)
        rendered[tile]++;
}

static void *help(void *arg)
{
    render(arg, steal());
    return NULL;
}

int main(void)
{
    int own[TILES] = { 0 }, stolen[TILES] = { 0 };
    pthread_t thief;

    pthread_create(&thief, NULL, help, stolen);
    for (int tile = 0; tile < TILES; tile++) {
        push(tile);
        if (tile > 0)
            render(own, pop());
    }
    for (int tile = pop(); tile != NONE; tile = pop())
        render(own, tile);
    pthread_join(thief, NULL);

    for (int tile = 0; tile < TILES; tile++) {
        printf("tile %d: %d rendered here, %d by the thief\n", tile, own[tile], stolen[tile]);
        assert(own[tile] + stolen[tile] == 1);  /* bug: wrong-result(tile); watchdog rate: the
            owner must pop the last tile while the thief is about to steal it */
    }
    return 0;
}
