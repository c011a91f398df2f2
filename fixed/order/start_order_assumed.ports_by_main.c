/*
 * start_order_assumed.ports_by_main: the lock of the next port is taken out
 *
 * Why: free_port() is called by main alone, so that `next_port` belongs to one thread and needs
 *   no lock. Each server has its port before its thread is made.
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

static int next_port = FIRST_PORT;              /* guarded by ports_lock */
static sem_t replica_answers;
static struct server servers[SERVERS] = { { .name = "primary" }, { .name = "replica" } };

static int free_port(void)
{
    return next_port++;
}

static void *open_server(void *arg)
{
    struct server *server = arg;

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
        servers[s].port = free_port();
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
    assert(servers[PRIMARY].rows == WRITES);    /* bug: wrong-result(port) */
    return 0;
}
