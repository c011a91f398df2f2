/*
 * lock_leaked_on_early_return.no_waiting_till: a till that finds the account locked refuses
 *
 * Patch: moves
 * Why: No till waits for ever any more, but the refusal still keeps `account` locked. Every later
 * till finds it taken and refuses a voucher that is covered.
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
    if (pthread_mutex_trylock(&account) != 0)
        return false;
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
        pthread_join(thread, NULL); /* bug: misuse(account)
                             ; tsan, tsan-gcc blind: it does not look at locks when a thread ends */
    }

    assert(tills[0].accepted && !tills[1].accepted && tills[2].accepted); /* bug:
        wrong-result(account) */
    assert(covered == 50);
    return 0;
}
