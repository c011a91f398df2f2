/*
 * chunk_overlap.last_excluded: the loop leaves the last account of a chunk out
 *
 * Patch: moves
 * Why: No account has two owners any more, but the last chunk ends at ACCOUNTS - 1, which was the
 *   index of its last account and is now excluded: account 99 gets no interest. first and last
 *   mean one thing to main and another to the loop.
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

static long balance[ACCOUNTS];

static void *credit_interest(void *arg)
{
    struct chunk *chunk = arg;

    for (int i = chunk->first; i < chunk->last; i++) {
        balance[i] += balance[i] * GAIN_PERCENT / 100;
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
