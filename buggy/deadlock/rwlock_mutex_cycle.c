/*
 * rwlock_mutex_cycle: a read lock and a mutex taken in both orders
 *
 * Story: a router. To forward a packet it looks up the next hop in the routing table, under a read
 * lock, and then the hop's link address in the neighbour table, under a mutex. When a neighbour has
 * not answered for too long, its entry is dropped and its routes are withdrawn.
 * Wrong: nothing in the laboratory. In the field, a router stops forwarding at the moment at which
 * a neighbour dies under traffic.
 * Why: a packet holds the routes and asks for the neighbours, the ageing holds the neighbours and
 * asks for the routes. A read lock looks harmless to hold, since readers let each other in, but it
 * bars the writer, and the writer here has what the reader asks for.
 * Fix: the packet takes a copy of its next hop and gives the routes back before it asks for the
 * neighbours. If the route is withdrawn just then, the neighbour is gone, too, and the packet is
 * dropped.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { ROUTES = 3, NEIGHBOURS = 2, NO_HOP = -1, PATIENCE = 3 };

static pthread_rwlock_t routes = PTHREAD_RWLOCK_INITIALIZER;
static int next_hop[ROUTES] = {0, 1, 1}; /* guarded by routes */

static pthread_mutex_t neighbours = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool alive; /* guarded by neighbours, as all here is */
    int silent;
    int sent;
} neighbour[NEIGHBOURS] = {{.alive = true}, {.alive = true, .silent = PATIENCE}};

static void send_by(int hop)
{
    pthread_mutex_lock(&neighbours); /* bug: lock-order(routes, neighbours)
                                        ; drd blind: it keeps no lock order */
    if (neighbour[hop].alive)
        neighbour[hop].sent++;
    pthread_mutex_unlock(&neighbours);
}

static void *forward(void *arg)
{
    for (int destination = 0; destination < ROUTES; destination++) {
        pthread_rwlock_rdlock(&routes); /* bug: lock-order(routes, neighbours) */
        int hop = next_hop[destination];
        if (hop != NO_HOP)
            send_by(hop);
        pthread_rwlock_unlock(&routes);
    }
    return arg;
}

static void withdraw(int hop)
{
    pthread_rwlock_wrlock(&routes); /* bug: lock-order(routes, neighbours) */
    for (int i = 0; i < ROUTES; i++)
        if (next_hop[i] == hop)
            next_hop[i] = NO_HOP;
    pthread_rwlock_unlock(&routes);
}

static void age(int hop)
{
    pthread_mutex_lock(&neighbours); /* bug: lock-order(routes, neighbours) */
    if (++neighbour[hop].silent > PATIENCE) {
        neighbour[hop].alive = false;
        withdraw(hop);
    }
    pthread_mutex_unlock(&neighbours);
}

int main(void)
{
    pthread_t line;

    /* The traffic is over when main, which keeps the timers, lets the neighbours age. */
    pthread_create(&line, NULL, forward, NULL);
    pthread_join(line, NULL);
    for (int i = 0; i < NEIGHBOURS; i++)
        age(i);

    assert(neighbour[0].sent == 1 && neighbour[1].sent == 2);
    assert(next_hop[0] == 0 && next_hop[1] == NO_HOP && next_hop[2] == NO_HOP);
    return 0;
}
