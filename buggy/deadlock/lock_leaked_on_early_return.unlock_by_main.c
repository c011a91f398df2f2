/*
 * lock_leaked_on_early_return.unlock_by_main: main gives the lock back after a refusal
 *
 * Patch: hides
 * Why: The refusal still returns with `account` locked, and main unlocks it after the join. The
 * next till can go on, but only the thread that locked a mutex may unlock it, and until the refused
 * till's thread has ended and been joined everybody waits.
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
    pthread_mutex_lock(&account); /* bug: misuse(account) */
    if (voucher > covered) {
        return false;
    }
    covered -= voucher;
    pthread_mutex_unlock(&account); /* bug: misuse(account) */
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
        pthread_join(thread, NULL);                      /* bug: misuse(account) */
        if (!tills[i].accepted)
            pthread_mutex_unlock(&account); /* bug: misuse(account) */
    }

    assert(tills[0].accepted && !tills[1].accepted && tills[2].accepted);
    assert(covered == 50);
    return 0;
}
