/*
 * bank_account: balance read in one critical section and written back in another
 *
 * Story: a salary is paid into an account while its holder draws cash and the landlord collects the
 *   rent. Each booking reads the balance, prints the new one on a slip, and writes it back.
 * Wrong: now and then a booking is gone from the balance: the cash was paid out and the account
 *   does not show it, or the salary never arrives.
 * Why: the lock is held for the read and for the write, so that there is no data race, but not in
 *   between. A booking that comes there is overwritten with a balance from before it. It stands for
 *   account of SCTBench (Thomson, Donaldson and Betts, PPoPP 2014): deposit and withdrawal under a
 *   lock, and a wrong total.
 * Fix: a booking holds the lock from its read to its write.
 * Roadmap: threads, Lock, races
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization
 *   ('Race Condition')
 * CERT: CON08-C
 * Rate: One booking must read between the read and the write of another one. Each is made once, and
 *   without a pause, so that nearly all runs come out right; nothing makes it likelier.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

enum { BOOKINGS = 3, OPENING = 500 };

struct booking {
    const char *text;
    long amount;
    long slip;                              /* the new balance; set by the booking's thread */
};

static pthread_mutex_t account_lock = PTHREAD_MUTEX_INITIALIZER;
static long balance = OPENING;              /* guarded by account_lock */

static void *book(void *arg)
{
    struct booking *booking = arg;

    pthread_mutex_lock(&account_lock);
    long seen = balance;
    pthread_mutex_unlock(&account_lock);

    booking->slip = seen + booking->amount;

    pthread_mutex_lock(&account_lock);
    balance = booking->slip;
    pthread_mutex_unlock(&account_lock);
    return NULL;
}

int main(void)
{
    struct booking bookings[BOOKINGS] = { { "salary", 900, 0 }, { "cash", -300, 0 },
                                          { "rent", -400, 0 } };
    pthread_t threads[BOOKINGS];
    long expected = OPENING;

    for (int b = 0; b < BOOKINGS; b++)
        pthread_create(&threads[b], NULL, book, &bookings[b]);
    for (int b = 0; b < BOOKINGS; b++) {
        pthread_join(threads[b], NULL);
        printf("%s: %ld, new balance %ld\n", bookings[b].text, bookings[b].amount,
               bookings[b].slip);
        expected += bookings[b].amount;
    }
    assert(balance == expected);            /* bug: wrong-result(balance); watchdog rate: one
        booking must read between another one's read and write */
    return 0;
}
