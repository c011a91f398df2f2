/*
 * missing_sentinel.letters_first: the sorters start when the letters are on the belt
 *
 * Why: on_belt counts what lies on the belt whether or not anybody waits for it, so that sorters
 * who start later find all letters; the sentinels still come last, one for each.
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
    sem_wait(&on_belt); /* bug: hang(on_belt) */
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
    for (int i = 0; i < LETTERS; i++)
        belt_put(&mail[i]);
    for (int i = 0; i < sorters; i++)
        pthread_create(&staff[i], NULL, sorter, &sorted[i]);
    for (int i = 0; i < sorters; i++)
        belt_put(NULL);
    for (int i = 0; i < sorters; i++) {
        pthread_join(staff[i], NULL); /* bug: hang(on_belt) */
        total += sorted[i];
    }

    assert(total == LETTERS);
    return 0;
}
