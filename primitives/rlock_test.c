#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "event.h"
#include "rlock.h"
#include "when_blocked.h"

#include <errno.h>
#include <limits.h>

enum { THREADS = 4, ROUNDS = 500 };

/* What another thread gets from the lock; cmocka's assertions belong to the main thread. */
struct answers {
    struct rlock *lock;
    int try_acquire, acquire_timed, release;
};

static void *ask(void *argument)
{
    struct answers *answers = argument;

    answers->try_acquire = rlock_try_acquire(answers->lock);
    answers->acquire_timed = rlock_acquire_timed(answers->lock, 1);
    answers->release = rlock_release(answers->lock);
    return NULL;
}

static struct answers answers_of_another_thread(struct rlock *lock)
{
    struct answers answers = {.lock = lock};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask, &answers), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return answers;
}

static void owner_acquires_again_and_others_do_not(void **state)
{
    struct rlock *lock = rlock_new();
    struct answers answers;

    (void)state;
    assert_non_null(lock);
    assert_int_equal(rlock_acquire(lock), 0);
    assert_int_equal(rlock_try_acquire(lock), 0);
    assert_int_equal(rlock_acquire_timed(lock, 1), 0);
    for (int held = 3; held > 0; held--) {
        answers = answers_of_another_thread(lock);
        assert_int_equal(answers.try_acquire, -EBUSY);
        assert_int_equal(answers.acquire_timed, -ETIMEDOUT);
        assert_int_equal(answers.release, -EPERM);
        assert_int_equal(rlock_release(lock), 0);
    }
    rlock_free(lock);
}

static void free_lock_is_for_anybody(void **state)
{
    struct rlock *lock = rlock_new();
    struct answers answers;

    (void)state;
    assert_non_null(lock);
    assert_int_equal(rlock_acquire(lock), 0);
    assert_int_equal(rlock_release(lock), 0);
    answers = answers_of_another_thread(lock);
    assert_int_equal(answers.try_acquire, 0);
    assert_int_equal(answers.acquire_timed, 0);
    assert_int_equal(answers.release, 0);
    /* It ended with the lock held once. */
    assert_int_equal(rlock_try_acquire(lock), -EBUSY);
    rlock_free(lock);
}

static void release_is_for_the_owner_only(void **state)
{
    struct rlock *lock = rlock_new();

    (void)state;
    assert_non_null(lock);
    assert_int_equal(rlock_release(lock), -EPERM);
    assert_int_equal(rlock_acquire(lock), 0);
    assert_int_equal(rlock_release(lock), 0);
    /* The last owner is an owner no more. */
    assert_int_equal(rlock_release(lock), -EPERM);
    rlock_free(lock);
    rlock_free(NULL);
}

static void count_does_not_overflow(void **state)
{
    struct rlock *lock = rlock_new();

    (void)state;
    assert_non_null(lock);
    assert_int_equal(rlock_acquire(lock), 0);
    lock->count = UINT_MAX;
    assert_int_equal(rlock_acquire(lock), -EAGAIN);
    assert_int_equal(lock->count, UINT_MAX);
    lock->count = 1;
    assert_int_equal(rlock_release(lock), 0);
    rlock_free(lock);
}

struct holder {
    struct rlock *lock;
    struct event held;
    struct event may_release;
};

static void *hold(void *argument)
{
    struct holder *holder = argument;

    rlock_acquire(holder->lock);
    rlock_acquire(holder->lock);
    event_set(&holder->held);
    event_wait(&holder->may_release, DEADLINE_NEVER);
    rlock_release(holder->lock);
    rlock_release(holder->lock);
    return NULL;
}

static void set(void *argument)
{
    event_set(argument);
}

static void acquire_blocks_until_the_last_release(void **state)
{
    struct holder holder = {.lock = rlock_new()};
    struct when_blocked when;
    pthread_t thread;

    (void)state;
    assert_non_null(holder.lock);
    event_init(&holder.held);
    event_init(&holder.may_release);
    assert_int_equal(pthread_create(&thread, NULL, hold, &holder), 0);
    event_wait(&holder.held, DEADLINE_NEVER);
    when_blocked_start(&when, &holder.lock->released, set, &holder.may_release);
    assert_int_equal(rlock_acquire(holder.lock), 0);
    assert_true(when_blocked_end(&when));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(rlock_release(holder.lock), 0);
    event_release(&holder.held);
    event_release(&holder.may_release);
    rlock_free(holder.lock);
}

struct account {
    struct rlock *lock;
    long balance; /* guarded by lock */
};

static void deposit(struct account *account)
{
    rlock_acquire(account->lock);
    account->balance++;
    rlock_release(account->lock);
}

static void *deposit_twice(void *argument)
{
    struct account *account = argument;

    for (int i = 0; i < ROUNDS; i++) {
        rlock_acquire(account->lock);
        deposit(account);
        deposit(account);
        rlock_release(account->lock);
    }
    return NULL;
}

static void threads_exclude_each_other(void **state)
{
    struct account account = {.lock = rlock_new()};
    pthread_t threads[THREADS];

    (void)state;
    assert_non_null(account.lock);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, deposit_twice, &account), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(account.balance, 2 * THREADS * ROUNDS);
    assert_int_equal(rlock_try_acquire(account.lock), 0);
    assert_int_equal(rlock_release(account.lock), 0);
    rlock_free(account.lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owner_acquires_again_and_others_do_not),
        cmocka_unit_test(free_lock_is_for_anybody),
        cmocka_unit_test(release_is_for_the_owner_only),
        cmocka_unit_test(count_does_not_overflow),
        cmocka_unit_test(acquire_blocks_until_the_last_release),
        cmocka_unit_test(threads_exclude_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
