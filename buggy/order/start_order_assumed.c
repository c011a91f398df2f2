/*
 * start_order_assumed: threads are expected to come in the order in which they were created
 *
 * Story: A database opens its servers in threads of their own, the primary first. Each takes the
 *   next free port when it is ready, and clients write to the first port.
 * Wrong: The clients' writes reach the replica, which never passes them on to the primary.
 * Why: pthread_create only makes a thread ready to run; in what order threads get somewhere is
 *   settled by what each waits for. The primary is not ready before its replica has answered,
 *   so the thread that was created second takes the first port.
 * Fix: main gives each server its port before it creates the thread.
 * Roadmap: threads, Lock, Semaphore, server
 * CWE: CWE-696 Incorrect Behavior Order
 * CERT: none
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

    if (server == &servers[PRIMARY])
        sem_wait(&replica_answers);
    server->port = free_port();
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
    assert(servers[PRIMARY].rows == WRITES);    /* bug: wrong-result(port) */
    return 0;
}
