/* Transfers between two accounts in both directions at once. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define TRANSFERS 1000

struct account {
    pthread_mutex_t
        lock; /* guards balance; of two accounts, that of the lower address comes first */
    long balance;
};

static struct account accounts[2] = {
    {PTHREAD_MUTEX_INITIALIZER, 5000},
    {PTHREAD_MUTEX_INITIALIZER, 5000},
};

static void transfer(struct account *from, struct account *to)
{
    struct account *first = from < to ? from : to;
    struct account *second = from < to ? to : from;
    pthread_mutex_lock(&first->lock);
    pthread_mutex_lock(&second->lock);
    from->balance--;
    to->balance++;
    pthread_mutex_unlock(&second->lock);
    pthread_mutex_unlock(&first->lock);
}

static void *there(void *arg)
{
    (void)arg;
    for (int i = 0; i < TRANSFERS; i++)
        transfer(&accounts[0], &accounts[1]);
    return NULL;
}

static void *back(void *arg)
{
    (void)arg;
    for (int i = 0; i < TRANSFERS; i++)
        transfer(&accounts[1], &accounts[0]);
    return NULL;
}

int main(void)
{
    pthread_t tellers[2];

    if (pthread_create(&tellers[0], NULL, there, NULL) != 0 ||
        pthread_create(&tellers[1], NULL, back, NULL) != 0)
        abort();
    pthread_join(tellers[0], NULL);
    pthread_join(tellers[1], NULL);
    assert(accounts[0].balance + accounts[1].balance == 10000);
    return 0;
}
