/*
 * shared_strtok: two threads split their lines with strtok
 *
 * Story: Two clerks read a payment each, `payer;cents`. The payers are checked together, in one
 *   query, and then each clerk reads the rest of his line.
 * Wrong: One payment is booked with the other's cents, or with none.
 * Why: strtok keeps the place where it stopped in one static variable of the C library, which both
 *   threads write. A call with NULL goes on in the line that was begun last, whose ever it is.
 * Fix: strtok_r, with a place of its own for each clerk.
 * Roadmap: threads, races
 * CWE: CWE-663 Use of a Non-reentrant Function in a Concurrent Context
 * CERT: CON33-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLERKS 2

struct payment {
    char line[32];
    const char *payer;
    long cents;
};

static pthread_barrier_t payers_checked;

static void *read_payment(void *arg)
{
    struct payment *payment = arg;

    payment->payer = strtok(payment->line, ";");       /* bug: race(strtok);
        tsan, tsan-gcc blind: the C library is not instrumented, and what they know of strtok is
        the line that it reads, not the place that it keeps; helgrind, drd blind: their default
        suppressions drop every race inside libc.so */
    pthread_barrier_wait(&payers_checked);
    const char *cents = strtok(NULL, ";");            /* bug: race(strtok) */
    payment->cents = cents != NULL ? atol(cents) : 0;
    return NULL;
}

int main(void)
{
    static struct payment payment[CLERKS] = { { .line = "Anna;1200" }, { .line = "Bert;3400" } };
    static const long on_line[CLERKS] = { 1200, 3400 };
    pthread_t clerk[CLERKS];

    pthread_barrier_init(&payers_checked, NULL, CLERKS);
    for (int i = 0; i < CLERKS; i++)
        pthread_create(&clerk[i], NULL, read_payment, &payment[i]);
    for (int i = 0; i < CLERKS; i++)
        pthread_join(clerk[i], NULL);
    pthread_barrier_destroy(&payers_checked);

    for (int i = 0; i < CLERKS; i++)
        printf("%s pays %ld\n", payment[i].payer, payment[i].cents);
    for (int i = 0; i < CLERKS; i++)
        assert(payment[i].cents == on_line[i]);     /* bug: wrong-result(cents) */
    return 0;
}
