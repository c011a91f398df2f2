/*
 * semaphore_starts_at_two: a semaphore meant as a mutex starts at two
 *
 * Story: Two clerks count coins into one drawer, guarded by a semaphore. The second clerk tries the
 *   drawer, lets the first know that he has come, and waits only if the drawer was taken.
 * Wrong: Both clerks have the drawer at once, and the count can come out short.
 * Why: A semaphore admits as many as its initial value, here two. It orders an entry only after
 *   the post that made room for it, and neither clerk needed a post to get in.
 * Fix: The semaphore starts at one: the second clerk waits for the first one's post.
 * Roadmap: Semaphore, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C
 * Rate: A coin is lost where one clerk's load falls between the other's load and store. Both put in
 *   many coins without a pause, which makes that more likely.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>

#define CLERKS 2
#define COINS_PER_CLERK 20000

static sem_t drawer;
static sem_t second_has_come;
static long coins;                              /* guarded by drawer */

static void count_coins(void)
{
    for (int i = 0; i < COINS_PER_CLERK; i++)
        coins++;                                /* bug: race(coins) */
}

static void *second_clerk(void *arg)
{
    (void)arg;
    bool taken = sem_trywait(&drawer) != 0;

    sem_post(&second_has_come);
    if (taken)
        sem_wait(&drawer);
    count_coins();
    sem_post(&drawer);
    return NULL;
}

int main(void)
{
    pthread_t second;

    sem_init(&drawer, 0, 2);
    sem_init(&second_has_come, 0, 0);

    sem_wait(&drawer);
    pthread_create(&second, NULL, second_clerk, NULL);
    sem_wait(&second_has_come);
    count_coins();
    sem_post(&drawer);
    pthread_join(second, NULL);

    printf("%ld coins\n", coins);
    assert(coins == CLERKS * COINS_PER_CLERK);  /* bug: wrong-result(coins); watchdog rate:
        one clerk's load must fall between the other's load and store */
    sem_destroy(&second_has_come);
    sem_destroy(&drawer);
    return 0;
}
