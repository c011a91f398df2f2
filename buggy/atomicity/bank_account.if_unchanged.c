/*
 * bank_account.if_unchanged: the balance is written back only if it is still what was read
 *
 * Patch: moves
 * Why: A booking that came in between is no longer overwritten. The one that finds `balance`
 *   changed does not start again, though: instead of the other booking it is this one that
 *   never reaches the account.
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
    if (balance == seen)
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
