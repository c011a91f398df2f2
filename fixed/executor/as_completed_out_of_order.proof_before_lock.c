/*
 * as_completed_out_of_order.proof_before_lock: a worker stores the proof before it locks
 *
 * Why: until the future is in completed[] its proof belongs to the worker alone. Locking and
 * unlocking around that entry orders the store before the read of main, which finds the future
 * there under the same lock.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#define WORKERS 2

enum { CONTENTS, CHAPTER_ONE, CHAPTER_TWO, PAGES };

struct future {
    int page;                               /* set before the workers start */
    char proof;                             /* final once the future is completed */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_completed = PTHREAD_COND_INITIALIZER;
static struct future submitted[PAGES];
static const struct future *completed[PAGES];   /* these three: guarded by lock */
static int started, completions;

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    while (started < PAGES) {
        struct future *future = &submitted[started++];

        while (future->page == CONTENTS && completions < PAGES - 1)
            pthread_cond_wait(&one_completed, &lock);
        pthread_mutex_unlock(&lock);
        future->proof = "C12"[future->page];
        pthread_mutex_lock(&lock);
        completed[completions++] = future;
        pthread_cond_broadcast(&one_completed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Waits for the n-th completion. */
static const struct future *as_completed(int n)
{
    pthread_mutex_lock(&lock);
    while (completions <= n)
        pthread_cond_wait(&one_completed, &lock);
    const struct future *future = completed[n];
    pthread_mutex_unlock(&lock);
    return future;
}

int main(void)
{
    pthread_t worker[WORKERS];
    char book[PAGES + 1] = "";

    for (int i = 0; i < PAGES; i++)
        submitted[i].page = i;
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&worker[i], NULL, work, NULL);
    for (int i = 0; i < PAGES; i++) {
        const struct future *future = as_completed(i);

        book[future->page] = future->proof;
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(worker[i], NULL);
    assert(strcmp(book, "C12") == 0);       /* bug: wrong-result(book) */
    return 0;
}
