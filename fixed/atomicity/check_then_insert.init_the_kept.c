/*
 * check_then_insert.init_the_kept: an account is initialised in the section that inserts it
 *
 * Why: Only a copy that is inserted needs a lock and a balance, and both are set before
 *   `cache_lock` is given back, so that nobody finds it half made. The other copy was seen by
 *   no  one and has no mutex to destroy.
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
    pthread_mutex_lock(&cache_lock);
    if (cache[number] != NULL) {
        free(account);
        account = cache[number];
    } else {
        pthread_mutex_init(&account->lock, NULL);
        account->balance = 100;
        cache[number] = account;
    }
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
