/*
 * bank_account.busy_if: a flag keeps the account, but who is woken does not look at it again
 *
 * Patch: moves
 * Why: `busy` spans both critical sections as a lock would. But the wait is in an `if`: between
 *   the signal and the return of the waiter, a third booking can find `busy` clear and  set it,
 *   and then two bookings are between their read and their write.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum { BOOKINGS = 3, OPENING = 500 };

struct booking {
    const char *text;
    long amount;
    long slip;                              /* the new balance; set by the booking's thread */
};

static pthread_mutex_t account_lock = PTHREAD_MUTEX_INITIALIZER;
static long balance = OPENING;              /* guarded by account_lock */
static pthread_cond_t account_free = PTHREAD_COND_INITIALIZER;
static bool busy;                           /* guarded by account_lock */

static void *book(void *arg)
{
    struct booking *booking = arg;

    pthread_mutex_lock(&account_lock);
    if (busy)
        pthread_cond_wait(&account_free, &account_lock);
    busy = true;
    long seen = balance;
    pthread_mutex_unlock(&account_lock);

    booking->slip = seen + booking->amount;

    pthread_mutex_lock(&account_lock);
    balance = booking->slip;
    busy = false;
    pthread_cond_signal(&account_free);
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
        booking must come between the signal to another one and its return from the wait */
    return 0;
}
