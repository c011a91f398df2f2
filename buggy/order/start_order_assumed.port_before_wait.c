/*
 * start_order_assumed.port_before_wait: each server takes its port before anything else
 *
 * Patch: hides
 * Why: The primary no longer waits for its replica before it takes a port, and as it was
 *   created first it nearly always has the first one. But nothing holds the replica back: where
 *   it is quicker,  free_port() gives the first port to it.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

enum { PRIMARY, REPLICA, SERVERS };

#define FIRST_PORT 5432
#define WRITES 3

struct server {
    const char *name;
    int port;                                   /* the thread's own until it is joined */
    int rows;                                   /* main's own */
};

static pthread_mutex_t ports_lock = PTHREAD_MUTEX_INITIALIZER;
static int next_port = FIRST_PORT;              /* guarded by ports_lock */
static sem_t replica_answers;
static struct server servers[SERVERS] = { { .name = "primary" }, { .name = "replica" } };

static int free_port(void)
{
    pthread_mutex_lock(&ports_lock);
    int port = next_port++;
    pthread_mutex_unlock(&ports_lock);
    return port;
}

static void *open_server(void *arg)
{
    struct server *server = arg;

    server->port = free_port();
    if (server == &servers[PRIMARY])
        sem_wait(&replica_answers);
    if (server == &servers[REPLICA])
        sem_post(&replica_answers);
    return NULL;
}

int main(void)
{
    pthread_t opener[SERVERS];

    sem_init(&replica_answers, 0, 0);
    for (int s = 0; s < SERVERS; s++) {
        pthread_create(&opener[s], NULL, open_server, &servers[s]);
    }
    for (int s = 0; s < SERVERS; s++)
        pthread_join(opener[s], NULL);
    sem_destroy(&replica_answers);

    for (int s = 0; s < SERVERS; s++) {
        if (servers[s].port == FIRST_PORT)
            servers[s].rows += WRITES;
        printf("%s at port %d: %d rows\n", servers[s].name, servers[s].port, servers[s].rows);
    }
    assert(servers[PRIMARY].rows == WRITES);    /* bug: wrong-result(port); watchdog rate: the
        replica must be quicker than the primary, which was made first */
    return 0;
}
