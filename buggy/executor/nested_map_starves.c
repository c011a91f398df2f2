/*
 * nested_map_starves: a map inside a mapped task, on the same pool
 *
 * Story: a search service answers queries on a pool of threads. A query maps the search over the
 * shards of the index, so that they are searched at the same time, and counts the hits.
 * Wrong: the service answers while it has fewer queries than threads. With one query for each
 * thread no answer comes any more, and the machine is idle.
 * Why: a map blocks the thread that calls it until other threads have run its tasks. With every
 * thread in such a map, nobody is left to take the shards' tasks from the queue.
 * Fix: no task maps. All shards are searched for all queries first, then the sums are made: two
 * maps one after the other, from a thread outside the pool, and a task never waits for a task.
 * Roadmap: threads, pool, Semaphore, Condition, deadlocks, server
 * CWE: CWE-833 Deadlock
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

enum { THREADS = 3, QUERIES = 3, SHARDS = 2, TASKS = QUERIES * (1 + SHARDS) };

static const char *const query[QUERIES] = {"tea", "milk", "rye"};
static const char *const shard[SHARDS] = {"milk for the tea", "rye bread, milk"};
static int hits[QUERIES * SHARDS], total[QUERIES];

static struct {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t finished;
    struct task {
        void (*call)(int item); /* NULL in the places behind the last task */
        int item;
        int *unfinished; /* of the map that made the task */
    } task[TASKS + THREADS];
    int head, tail;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .finished = PTHREAD_COND_INITIALIZER};
static sem_t submitted;

static void map(void (*call)(int item), int first, int count)
{
    int unfinished = count;

    pthread_mutex_lock(&pool.lock);
    for (int i = 0; i < count; i++) {
        pool.task[pool.tail++] = (struct task){call, first + i, &unfinished};
        sem_post(&submitted);
    }
    while (unfinished > 0)
        pthread_cond_wait(&pool.finished, &pool.lock); /* bug: hang(unfinished) */
    pthread_mutex_unlock(&pool.lock);
}

static void *serve(void *arg)
{
    for (;;) {
        sem_wait(&submitted);
        pthread_mutex_lock(&pool.lock);
        struct task task = pool.task[pool.head++];
        pthread_mutex_unlock(&pool.lock);
        if (task.call == NULL)
            return arg;
        task.call(task.item);
        pthread_mutex_lock(&pool.lock);
        if (--*task.unfinished == 0)
            pthread_cond_broadcast(&pool.finished);
        pthread_mutex_unlock(&pool.lock);
    }
}

static void search(int pair)
{
    hits[pair] = strstr(shard[pair % SHARDS], query[pair / SHARDS]) != NULL;
}

static void answer(int number)
{
    map(search, number * SHARDS, SHARDS);
    for (int i = 0; i < SHARDS; i++)
        total[number] += hits[number * SHARDS + i];
}

int main(void)
{
    pthread_t thread[THREADS];

    sem_init(&submitted, 0, 0);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, serve, NULL);
    map(answer, 0, QUERIES);
    for (int i = 0; i < THREADS; i++)
        sem_post(&submitted);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    assert(total[0] == 1 && total[1] == 2 && total[2] == 1);
    return 0;
}
