/* Uses memory after it was freed, in the way that the first argument names: in some schedules, or in all. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct account {
    pthread_mutex_t lock;
    int balance;
    char owner[20];
};

static struct account *account;

static void *closes(void *argument)
{
    (void)argument;
    free(account);
    return NULL;
}

static void *reads(void *argument)
{
    (void)argument;
    return account->balance > 0 ? account : NULL;
}

static void *copies(void *argument)
{
    char owner[20];
    memcpy(owner, account->owner, sizeof owner);
    return owner[0] ? account : argument;
}

static void *locks(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&account->lock);
    pthread_mutex_unlock(&account->lock);
    return NULL;
}

static void *grows(void *argument)
{
    void *moved = realloc(account, 4000);
    (void)argument;
    (void)moved;
    return NULL;
}

static void both(void *(*one)(void *), void *(*other)(void *))
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, one, NULL);
    pthread_create(&threads[1], NULL, other, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

/* More than is kept back: what is freed is used anew in the end, and no use of it is found. */
static int churn(void)
{
    enum { BLOCKS = 100000, BYTES = 1000 };
    long sum = 0;
    for (int i = 0; i < BLOCKS; i++) {
        unsigned char *block = malloc(BYTES);
        block[0] = (unsigned char)i;
        block[BYTES - 1] = 1;
        block = realloc(block, BYTES * 2);
        sum += block[0] + block[BYTES - 1];
        free(block);
    }
    return sum == 0;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void *(*one)(void *), *(*other)(void *);
    } ways[] = {{"read", closes, reads},
                {"copy", closes, copies},
                {"lock", closes, locks},
                {"twice", closes, closes},
                {"grow", grows, reads}};
    if (count == 2 && strcmp(arguments[1], "churn") == 0)
        return churn();
    account = calloc(1, sizeof *account);
    pthread_mutex_init(&account->lock, NULL);
    account->balance = 1;
    for (size_t i = 0; count == 2 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(arguments[1], ways[i].name) == 0) {
            both(ways[i].one, ways[i].other);
            return 0;
        }
    }
    return 2;
}
