/*
 * lock_leaked_on_early_return: an early return keeps the lock
 *
 * Story: tills redeem gift vouchers from one shared account. A voucher whose value is not covered
 * is refused at once.
 * Wrong: after the first refusal, no till redeems a voucher any more.
 * Why: the return of the refusal stands between the lock and its unlock. The till's thread goes
 * home with the lock, and nobody can give it back: every later till waits for an owner that is
 * gone.
 * Fix: the refusal unlocks before it returns.
 * Roadmap: Lock, deadlocks
 * CWE: CWE-667 Improper Locking; CWE-772 Missing Release of Resource after Effective Lifetime
 * CERT: MEM12-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct till {
    int voucher;
    bool accepted;
};

static pthread_mutex_t account;
static int covered = 100; /* guarded by account */

static bool redeem(int voucher)
{
    pthread_mutex_lock(&account); /* bug: hang(account) */
    if (voucher > covered) {
        return false;
    }
    covered -= voucher;
    pthread_mutex_unlock(&account);
    return true;
}

static void *serve(void *arg)
{
    struct till *till = arg;

    till->accepted = redeem(till->voucher);
    return NULL;
}

int main(void)
{
    struct till tills[] = {{.voucher = 30}, {.voucher = 500}, {.voucher = 20}};
    pthread_t thread;

    pthread_mutex_init(&account, NULL);
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, serve, &tills[i]); /* bug: misuse(account) */
        pthread_join(thread, NULL); /* bug: hang(account) */ /* bug: misuse(account)
                             ; tsan, tsan-gcc blind: it does not look at locks when a thread ends */
    }

    assert(tills[0].accepted && !tills[1].accepted && tills[2].accepted);
    assert(covered == 50);
    return 0;
}
