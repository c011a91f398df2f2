/*
 * rwlock_upgrade_deadlock: two readers both want to become the writer
 *
 * Story: two mail clients ask a resolver for the same host at the same moment. Each looks into the
 * cache under the read lock, finds nothing, and goes on to enter the address.
 * Wrong: neither mail is sent, and from then on no client can enter anything into the cache.
 * Why: pthread_rwlock_wrlock is no upgrade. It waits until every read lock is given back, the
 * caller's own included, and each client keeps its own while it waits. Even a lock that forgave the
 * caller's own would be stuck here, because neither of the two steps back for the other.
 * Fix: give the read lock back, take the write lock, and look again: between the two locks another
 * client may have entered the address.
 * Roadmap: Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum { CLIENTS = 2 };

struct client {
    pthread_t thread;
    uint32_t address; /* the client's own until it is joined */
};

static struct {
    pthread_rwlock_t lock;
    uint32_t address; /* guarded by lock; 0: not known yet */
    int queries;      /* guarded by lock */
} cache = {.lock = PTHREAD_RWLOCK_INITIALIZER};

static pthread_barrier_t both_missed;

static uint32_t ask_name_server(void)
{
    cache.queries++;
    return 0xC0000219; /* 192.0.2.25 */
}

static uint32_t resolve(void)
{
    uint32_t address;

    pthread_rwlock_rdlock(&cache.lock);
    if (cache.address == 0) {
        pthread_barrier_wait(&both_missed);
        pthread_rwlock_wrlock(&cache.lock); /* bug: hang(upgrade) */
        cache.address = ask_name_server();
    }
    address = cache.address;
    pthread_rwlock_unlock(&cache.lock);
    return address;
}

static void *send_mail(void *arg)
{
    struct client *client = arg;

    client->address = resolve();
    return NULL;
}

int main(void)
{
    struct client clients[CLIENTS];

    pthread_barrier_init(&both_missed, NULL, CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        pthread_create(&clients[i].thread, NULL, send_mail, &clients[i]);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL); /* bug: hang(upgrade) */

    assert(cache.queries == 1);
    assert(clients[0].address == 0xC0000219 && clients[1].address == 0xC0000219);
    return 0;
}
