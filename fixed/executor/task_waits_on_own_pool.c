/*
 * task_waits_on_own_pool: tasks that wait for tasks of their own pool
 *
 * Story: a report adds up the invoices of two regions on a pool of two workers: each region's task
 *        hands half of its invoices to the pool, adds the rest itself and then waits for the half.
 * Wrong: one region alone gives its total; as many regions as workers, and the report never ends.
 * Why: each worker runs a region and waits for a half that is in the queue and has no worker to run
 *      it. No lock is in the cycle: what the tasks wait for is a free thread.
 * Fix: a worker that waits runs queued tasks meanwhile, and sleeps only when the queue is empty:
 *      then the task it waits for is being run by the other worker.
 * Roadmap: threads, Condition, pool, futures, deadlocks
 * CWE: CWE-833 Deadlock
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>

#define WORKERS 2

struct task {
    int from, to;                           /* set before the task is queued */
    int total, done;                        /* guarded by lock */
};

static const int invoice[] = { 10, 20, 30, 40 };
static struct task north = { .from = 0, .to = 2 }, south = { .from = 2, .to = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct task *queue[4] = { &north, &south };
static int head, tail = 2, unfinished = 2;  /* with queue: guarded by lock */

static int add(const struct task *task);

/* Runs the oldest queued task. Called with lock held, which is released while the task runs. */
static void run_one(void)
{
    struct task *task = queue[head++];

    pthread_mutex_unlock(&lock);
    int total = add(task);
    pthread_mutex_lock(&lock);
    task->total = total;
    task->done = 1;
    unfinished--;
    pthread_cond_broadcast(&changed);
}

static int add(const struct task *task)
{
    int middle = (task->from + task->to) / 2, total;
    struct task half = { .from = middle, .to = task->to };

    if (task->to - task->from == 1)
        return invoice[task->from];
    pthread_mutex_lock(&lock);
    queue[tail++] = &half;
    unfinished++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    total = add(&(struct task){ .from = task->from, .to = middle });
    pthread_mutex_lock(&lock);
    while (!half.done) {
        if (head < tail)
            run_one();
        else
            pthread_cond_wait(&changed, &lock);     /* bug: hang(half) */
    }
    total += half.total;
    pthread_mutex_unlock(&lock);
    return total;
}

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (unfinished > 0) {
        if (head < tail)
            run_one();
        else
            pthread_cond_wait(&changed, &lock);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t worker[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        pthread_create(&worker[i], NULL, work, NULL);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(worker[i], NULL);              /* bug: hang(half) */
    assert(north.total + south.total == 100);
    return 0;
}
