/*
 * missing_sentinel.sentinel_at_hire: each sorter who starts brings a sentinel
 *
 * Patch: moves
 * Why: there is a sentinel for each sorter now, but they are put on the belt when the sorters
 * start and lie in front of the letters: everybody goes home before the first letter.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum { LETTERS = 9, REGULARS = 2, BUSY_DAY = 6 };

struct letter {
    int district;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct letter *belt[LETTERS + REGULARS + 1]; /* guarded by lock, with its ends */
static int head, tail;
static sem_t on_belt; /* counts what lies on the belt, sentinels included */

static void belt_put(const struct letter *letter)
{
    pthread_mutex_lock(&lock);
    belt[tail++] = letter;
    pthread_mutex_unlock(&lock);
    sem_post(&on_belt);
}

static const struct letter *belt_take(void)
{
    sem_wait(&on_belt);
    pthread_mutex_lock(&lock);
    const struct letter *letter = belt[head++];
    pthread_mutex_unlock(&lock);
    return letter;
}

static void *sorter(void *sorted)
{
    while (belt_take() != NULL)
        ++*(int *)sorted;
    return NULL;
}

int main(void)
{
    static const struct letter mail[LETTERS] = {{1}, {3}, {2}, {1}, {1}, {3}, {2}, {3}, {1}};
    pthread_t staff[REGULARS + 1];
    int sorted[REGULARS + 1] = {0};
    int sorters = REGULARS + (LETTERS > BUSY_DAY);
    int total = 0;

    sem_init(&on_belt, 0, 0);
    for (int i = 0; i < sorters; i++) {
        pthread_create(&staff[i], NULL, sorter, &sorted[i]);
        belt_put(NULL);
    }
    for (int i = 0; i < LETTERS; i++)
        belt_put(&mail[i]);
    for (int i = 0; i < sorters; i++) {
        pthread_join(staff[i], NULL);
        total += sorted[i];
    }

    assert(total == LETTERS); /* bug: wrong-result(total) */
    return 0;
}
