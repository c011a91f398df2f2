/*
 * start_order_assumed.each_waits: the replica waits until the primary has its port
 *
 * Patch: moves
 * Why: The ports come in the right order, but the replica posts `replica_answers` only when it
 *   has its own. The primary waits for that before it takes a port and posts
 *   `primary_has_port`: each waits for the  other for ever.
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
static sem_t replica_answers, primary_has_port;
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

    if (server == &servers[PRIMARY])
        sem_wait(&replica_answers);             /* bug: hang(replica_answers, primary_has_port) */
    else
        sem_wait(&primary_has_port);            /* bug: hang(replica_answers, primary_has_port) */
    server->port = free_port();
    if (server == &servers[REPLICA])
        sem_post(&replica_answers);
    else
        sem_post(&primary_has_port);
    return NULL;
}

int main(void)
{
    pthread_t opener[SERVERS];

    sem_init(&replica_answers, 0, 0);
    sem_init(&primary_has_port, 0, 0);
    for (int s = 0; s < SERVERS; s++) {
        pthread_create(&opener[s], NULL, open_server, &servers[s]);
    }
    for (int s = 0; s < SERVERS; s++)
        pthread_join(opener[s], NULL);          /* bug: hang(replica_answers, primary_has_port) */
    sem_destroy(&replica_answers);
    sem_destroy(&primary_has_port);

    for (int s = 0; s < SERVERS; s++) {
        if (servers[s].port == FIRST_PORT)
            servers[s].rows += WRITES;
        printf("%s at port %d: %d rows\n", servers[s].name, servers[s].port, servers[s].rows);
    }
    assert(servers[PRIMARY].rows == WRITES);
    return 0;
}
