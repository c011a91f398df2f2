/*
 * check_then_insert.insert_if_absent: the cache keeps the first copy, the second thread its own
 *
 * Patch: moves
 * Why: The copy that is already in `cache` is no longer put out by the second one. The second
 *   thread returns its own copy all the same, which no one else will ever find, and  books on
 *   that.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

enum { BATCH = 2, ACCOUNTS = 8 };

struct account {
    pthread_mutex_t lock;
    int balance;                            /* guarded by lock */
};

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct account *cache[ACCOUNTS];     /* guarded by cache_lock; NULL: not in use */
static sem_t queries, rows;

static void *database(void *arg)
{
    (void)arg;
    for (int i = 0; i < BATCH; i++)
        sem_wait(&queries);
    for (int i = 0; i < BATCH; i++)
        sem_post(&rows);
    return NULL;
}

static struct account *find(int number)
{
    pthread_mutex_lock(&cache_lock);
    struct account *account = cache[number];
    pthread_mutex_unlock(&cache_lock);
    if (account != NULL)
        return account;

    account = malloc(sizeof(*account));
    sem_post(&queries);
    sem_wait(&rows);
    pthread_mutex_init(&account->lock, NULL);
    account->balance = 100;
    pthread_mutex_lock(&cache_lock);
    if (cache[number] == NULL)
        cache[number] = account;
    pthread_mutex_unlock(&cache_lock);
    return account;
}

static void *book(void *amount)
{
    struct account *account = find(3);

    pthread_mutex_lock(&account->lock);
    account->balance += *(int *)amount;
    pthread_mutex_unlock(&account->lock);
    return NULL;
}

int main(void)
{
    int amount[BATCH] = {2000, 30};
    pthread_t thread[BATCH + 1];

    sem_init(&queries, 0, 0);
    sem_init(&rows, 0, 0);
    pthread_create(&thread[BATCH], NULL, database, NULL);
    for (int i = 0; i < BATCH; i++)
        pthread_create(&thread[i], NULL, book, &amount[i]);
    for (int i = 0; i < BATCH + 1; i++)
        pthread_join(thread[i], NULL);
    assert(cache[3]->balance == 100 + 2000 + 30);   /* bug: wrong-result(balance) */
    free(cache[3]);
    return 0;
}
