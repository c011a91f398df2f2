/* explored WAY: a program with rare failures, for the tests of `racelab explore` and `racelab replay`. */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static int balance = 100;
static int hits;

static void *withdraw(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    int seen = balance;
    pthread_mutex_unlock(&lock);
    pthread_mutex_lock(&lock);
    balance = seen - 10;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *withdraw_at_once(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    balance -= 10;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *hit(void *unused)
{
    (void)unused;
    hits = 1;
    return NULL;
}

static void *one_way(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&other);
    pthread_mutex_unlock(&other);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *other_way(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&other);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&other);
    return NULL;
}

static void in_two_threads(void *(*first)(void *), void *(*second)(void *))
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    printf("explored %s\n", way);
    fflush(stdout);
    if (strcmp(way, "bank") == 0) {
        in_two_threads(withdraw, withdraw);
        assert(balance == 80);
    } else if (strcmp(way, "right") == 0) {
        in_two_threads(withdraw_at_once, withdraw_at_once);
        assert(balance == 80);
    } else if (strcmp(way, "race") == 0) {
        in_two_threads(hit, hit);
    } else if (strcmp(way, "deadlock") == 0) {
        in_two_threads(one_way, other_way);
    } else if (strcmp(way, "environment") == 0) {
        const char *value = getenv("EXPLORED");
        return (value ? atoi(value) : 0) + (getchar() == 'x' ? 4 : 0); /* NOLINT(cert-err34-c) */
    }
    return 0;
}
