/*
 * future_never_resolved.resolve_at_budget: an answer without a price counts as the budget
 *
 * Patch: moves
 * Why: every future is resolved now, but the answer that has no price as one of BUDGET: it never
 * is the lowest, yet the workshop does not learn that it failed.
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
    while (future->state == PENDING)
        pthread_cond_wait(&resolved, &lock);
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
            price = BUDGET;
        }
        resolve(&task->future, DONE, price);
    }
    return arg;
}

int main(void)
{
    pthread_t pool[CLERKS];
    int lowest = BUDGET, failed = 0;

    for (int i = 0; i < CLERKS; i++)
        pthread_create(&pool[i], NULL, clerk, NULL);
    for (int i = 0; i < SUPPLIERS; i++) {
        int price = result(&queue[i].future);

        failed += price == -1;
        if (price != -1 && price < lowest)
            lowest = price;
    }
    for (int i = 0; i < CLERKS; i++)
        pthread_join(pool[i], NULL);
    assert(lowest == 17 && failed == 1); /* bug: wrong-result(failed) */
    return 0;
}
