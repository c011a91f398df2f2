/*
 * bank_account.look_again: the slip is made again under the lock where need be
 *
 * Why: The write is in the same critical section as a second look at `balance`. Where that is
 *   still `seen`, the slip is right whatever happened in between; where not, it  is made anew
 *   from the balance that is there, under `account_lock`.
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
    if (balance != seen)
        booking->slip = balance + booking->amount;
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
