/*
 * chunk_overlap.balance_lock: a lock protects the balances
 *
 * Patch: hides
 * Why: The lock ends the data race on the account at the boundary and nothing more: it still lies
 *   in two chunks, and both threads credit it, now reliably one after the other. 102 postings go
 *   to 100 accounts, and no race detector sees anything in that.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#define ACCOUNTS 100
#define CHUNKS 3
#define GAIN_PERCENT 2

struct chunk {
    int first, last;                            /* both included */
    int postings;                               /* the thread's own until it is joined */
};

static pthread_mutex_t balance_lock = PTHREAD_MUTEX_INITIALIZER;
static long balance[ACCOUNTS];

static void *credit_interest(void *arg)
{
    struct chunk *chunk = arg;

    for (int i = chunk->first; i <= chunk->last; i++) {
        pthread_mutex_lock(&balance_lock);
        balance[i] += balance[i] * GAIN_PERCENT / 100;
        pthread_mutex_unlock(&balance_lock);
        chunk->postings++;
    }
    return NULL;
}

int main(void)
{
    static struct chunk chunks[CHUNKS];
    const int size = ACCOUNTS / CHUNKS;
    pthread_t threads[CHUNKS];
    int postings = 0;

    for (int i = 0; i < ACCOUNTS; i++)
        balance[i] = 1000;
    for (int c = 0; c < CHUNKS; c++) {
        chunks[c].first = c * size;
        chunks[c].last = c < CHUNKS - 1 ? (c + 1) * size : ACCOUNTS - 1;
        pthread_create(&threads[c], NULL, credit_interest, &chunks[c]);
    }
    for (int c = 0; c < CHUNKS; c++) {
        pthread_join(threads[c], NULL);
        postings += chunks[c].postings;
    }

    printf("%d postings to %d accounts\n", postings, ACCOUNTS);
    assert(postings == ACCOUNTS);               /* bug: wrong-result(balance) */
    return 0;
}
