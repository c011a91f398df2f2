/*
 * as_completed_out_of_order.join_first: main joins the workers before it collects the pages
 *
 * Patch: moves
 * Why: all pages are set when main collects them, but completed[] holds them in the order in
 * which they were completed, contents last, and main still binds them by that order.
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
        char proof = "C12"[future->page];
        pthread_mutex_lock(&lock);
        future->proof = proof;
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
    for (int i = 0; i < WORKERS; i++)
        pthread_join(worker[i], NULL);
    for (int i = 0; i < PAGES; i++) {
        const struct future *future = as_completed(i);

        book[i] = future->proof;
    }
    assert(strcmp(book, "C12") == 0);       /* bug: wrong-result(book) */
    return 0;
}
