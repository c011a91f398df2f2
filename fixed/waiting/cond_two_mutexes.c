/*
 * cond_two_mutexes: two threads wait on one condition, each with a mutex of its own
 *
 * Story: a database client with two connections. Each has a lock for its own reply; both share one
 * condition, on which the reader of the network announces every reply.
 * Wrong: all is well with glibc. On Darwin the second wait is refused with EINVAL, so that its loop
 * spins with the connection locked, and the reply can never be entered.
 * Why: from the first thread that waits on it until the last one is gone, a condition variable is
 * bound to one mutex. POSIX leaves a wait with another one undefined, so that an implementation may
 * use the binding, for example to hand those it wakes straight over to the mutex.
 * Fix: each connection has its own condition beside its own mutex.
 * Roadmap: Condition
 * CWE: CWE-821 Incorrect Synchronization
 * CERT: POS53-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum { CONNECTIONS = 2 };

struct connection {
    pthread_mutex_t lock;
    pthread_cond_t replied;
    int reply; /* guarded by lock; 0 until it is there */
    int answer;
};

static sem_t asked; /* posted by each query when it holds its connection */

static void *query(void *arg)
{
    struct connection *connection = arg;

    pthread_mutex_lock(&connection->lock);
    sem_post(&asked);
    while (connection->reply == 0)
        pthread_cond_wait(&connection->replied, &connection->lock); /* bug: misuse(replied)
            ; tsan, tsan-gcc blind: they keep no record of which mutex a condition is used with */
    connection->answer = connection->reply;
    pthread_mutex_unlock(&connection->lock);
    return NULL;
}

static void receive(struct connection *connection, int reply)
{
    pthread_mutex_lock(&connection->lock);
    connection->reply = reply;
    pthread_cond_broadcast(&connection->replied); /* bug: misuse(replied) */
    pthread_mutex_unlock(&connection->lock);
}

int main(void)
{
    struct connection connections[CONNECTIONS];
    pthread_t queries[CONNECTIONS];

    sem_init(&asked, 0, 0);
    for (int i = 0; i < CONNECTIONS; i++) {
        connections[i] = (struct connection){.lock = PTHREAD_MUTEX_INITIALIZER,
                                             .replied = PTHREAD_COND_INITIALIZER};
        pthread_create(&queries[i], NULL, query, &connections[i]);
    }
    for (int i = 0; i < CONNECTIONS; i++)
        sem_wait(&asked);
    for (int i = 0; i < CONNECTIONS; i++)
        receive(&connections[i], 10 + i);
    for (int i = 0; i < CONNECTIONS; i++)
        pthread_join(queries[i], NULL);

    assert(connections[0].answer == 10 && connections[1].answer == 11);
    sem_destroy(&asked);
    return 0;
}
