/*
 * future_never_resolved.clerk_by_clerk: the clerks are joined before the results are read
 *
 * Patch: serial
 * Why: each clerk is joined before the next is made, and main reads the futures when all have
 * gone home, so that one still pending counts as failed: the first clerk does all tasks alone,
 * and nobody works beside him.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

enum { SUPPLIERS = 3, CLERKS = 2, BUDGET = 100 };

struct future {
    enum { PENDING, DONE, FAILED } state; /* guarded by lock, as price is */
    int price;
};

struct task {
    const char *answer;
    struct future future;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t resolved = PTHREAD_COND_INITIALIZER;
static struct task queue[SUPPLIERS] = {
    {.answer = "19 crowns"}, {.answer = "what colour?"}, {.answer = "17 in May"}};
static int head; /* guarded by lock */

static void resolve(struct future *future, int state, int price)
{
    pthread_mutex_lock(&lock);
    future->state = state;
    future->price = price;
    pthread_cond_broadcast(&resolved);
    pthread_mutex_unlock(&lock);
}

/* The price, or -1 where there is none. */
static int result(struct future *future)
{
    pthread_mutex_lock(&lock);
    int price = future->state == DONE ? future->price : -1;
    pthread_mutex_unlock(&lock);
    return price;
}

static struct task *take(void)
{
    pthread_mutex_lock(&lock);
    struct task *task = head < SUPPLIERS ? &queue[head++] : NULL;
    pthread_mutex_unlock(&lock);
    return task;
}

static void *clerk(void *arg)
{
    int price;

    for (struct task *task; (task = take()) != NULL;) {
        if (sscanf(task->answer, "%d", &price) != 1) {
            continue;
        }
        resolve(&task->future, DONE, price);
    }
    return arg;
}

int main(void)
{
    pthread_t pool[CLERKS];
    int lowest = BUDGET, failed = 0;

    for (int i = 0; i < CLERKS; i++) {
        pthread_create(&pool[i], NULL, clerk, NULL);
        pthread_join(pool[i], NULL); /* serial: queue */
    }
    for (int i = 0; i < SUPPLIERS; i++) {
        int price = result(&queue[i].future);

        failed += price == -1;
        if (price != -1 && price < lowest)
            lowest = price;
    }
    assert(lowest == 17 && failed == 1);
    return 0;
}
