/*
 * lock_leaked_on_early_return.caller_unlocks: the caller of redeem unlocks, at one place
 *
 * Why: redeem now returns with `account` locked on both of its ways, and serve, its only caller,
 * unlocks right after it. Every lock has one unlock by the same thread.
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
    return true;
}

static void *serve(void *arg)
{
    struct till *till = arg;

    till->accepted = redeem(till->voucher);
    pthread_mutex_unlock(&account);
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
