/* Two tellers pay into one account, and nothing orders them: a data race, in every run. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPOSITS 1000

static long balance;

static void *teller(void *arg)
{
    (void)arg;
    for (int i = 0; i < DEPOSITS; i++)
        balance++; /* bug: race(balance) */
    return NULL;
}

int main(void)
{
    pthread_t tellers[2];

    for (int t = 0; t < 2; t++) {
        if (pthread_create(&tellers[t], NULL, teller, NULL) != 0)
            abort();
    }
    for (int t = 0; t < 2; t++)
        pthread_join(tellers[t], NULL);
    printf("%ld\n", balance);
    return 0;
}
