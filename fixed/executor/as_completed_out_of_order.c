/*
 * as_completed_out_of_order: results stored by the order of their completion
 *
 * Story: a printer's pool sets a book of a contents page and two chapters. The contents page is
 *        submitted first, but needs the lengths of the chapters, so it is completed last.
 * Wrong: the book is bound with its contents page at the end.
 * Why: as_completed() yields futures in the order of their completion. The caller takes the n-th
 *      future it is given for the n-th it submitted. Every access is locked: nothing races.
 * Fix: the future says which page it is, and the result is stored under that number.
 * Roadmap: threads, Condition, pool, futures
 * CWE: CWE-696 Incorrect Behavior Order
 * CERT: none
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
    for (int i = 0; i < PAGES; i++) {
        const struct future *future = as_completed(i);

        book[future->page] = future->proof;
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(worker[i], NULL);
    assert(strcmp(book, "C12") == 0);       /* bug: wrong-result(book) */
    return 0;
}
