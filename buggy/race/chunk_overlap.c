/*
 * chunk_overlap: neighbouring chunks share their boundary element
 *
 * Story: A bank credits the yearly interest in three chunks of accounts, one thread each. The last
 *   chunk is the largest: it takes what the division leaves over.
 * Wrong: The audit finds more postings than accounts: the first account of every chunk but the
 *   first is credited twice, or once when the two postings collide.
 * Why: The loop includes chunk->last, but main computes it as the next chunk's first index. Two
 *   threads therefore update the boundary account, and nothing orders their updates.
 * Fix: A chunk ends one before the next one begins, so that no account has two owners.
 * Roadmap: chunks, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-193 Off-by-one Error
 * CERT: CON43-C
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

    for (int i = chunk->first; i <= chunk->last; i++) {
        balance[i] += balance[i] * GAIN_PERCENT / 100;  /* bug: race(balance) */
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
