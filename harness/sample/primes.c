/* primes --threads N NUMBER: exits with 0 where the number is prime, 1 where it is not, 2 for misuse. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_THREADS 16

static long number;
static long threads;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool divided; /* guarded by lock */

/* Tries every `threads`th divisor, from its own number on. */
static void *divide(void *arg)
{
    for (long divisor = 2 + *(long *)arg; divisor * divisor <= number; divisor += threads) {
        pthread_mutex_lock(&lock);
        divided = divided || number % divisor == 0;
        bool done = divided;
        pthread_mutex_unlock(&lock);
        if (done)
            break;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t divider[MOST_THREADS];
    long first[MOST_THREADS];

    if (argc != 4 || strcmp(argv[1], "--threads") != 0 || (threads = atol(argv[2])) < 1 ||
        threads > MOST_THREADS || (number = atol(argv[3])) < 2) {
        fputs("usage: primes --threads N NUMBER\n", stderr);
        return 2;
    }
    for (long t = 0; t < threads; t++) {
        first[t] = t;
        if (pthread_create(&divider[t], NULL, divide, &first[t]) != 0)
            abort();
    }
    for (long t = 0; t < threads; t++)
        pthread_join(divider[t], NULL);
    return divided ? 1 : 0;
}
