/*
 * callback_under_lock.feed_polled: the question for the price polls the feed's lock
 *
 * Patch: hides
 * Why: feed_now tries `feed` again and again, and its caller keeps `portfolio` meanwhile; the feed
 * waits for `portfolio` in the callback and keeps `feed`. TSan enters no trylock as the end of an
 * edge, so one half of the cycle is hidden from it.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

enum { MOST = 4 };

struct observers {
    int count;
    void (*notify[MOST])(void *self, int price);
    void *self[MOST];
};

static pthread_mutex_t feed = PTHREAD_MUTEX_INITIALIZER;
static int feed_price; /* guarded by feed, as the observers are */
static struct observers observers;

static pthread_mutex_t portfolio = PTHREAD_MUTEX_INITIALIZER;
static int pieces = 10; /* guarded by portfolio, as the rest is */
static int highest;
static int worth;

static void feed_subscribe(void (*notify)(void *self, int price), void *self)
{
    pthread_mutex_lock(&feed);
    assert(observers.count < MOST);
    observers.notify[observers.count] = notify;
    observers.self[observers.count++] = self;
    pthread_mutex_unlock(&feed);
}

static int feed_now(void)
{
    while (pthread_mutex_trylock(&feed) != 0) /* bug: lock-order(feed, portfolio) */
        sched_yield();
    int price = feed_price;
    pthread_mutex_unlock(&feed);
    return price;
}

static void feed_publish(int price)
{
    pthread_mutex_lock(&feed); /* bug: lock-order(feed, portfolio)
                                  ; drd blind: it keeps no lock order
                                  ; tsan, tsan-gcc blind: a trylock adds no edge to the order */
    feed_price = price;
    for (int i = 0; i < observers.count; i++)
        observers.notify[i](observers.self[i], price);
    pthread_mutex_unlock(&feed);
}

static void note_highest(void *best, int price)
{
    pthread_mutex_lock(&portfolio); /* bug: lock-order(feed, portfolio) */
    if (*(int *)best < price)
        *(int *)best = price;
    pthread_mutex_unlock(&portfolio);
}

static void *value(void *arg)
{
    pthread_mutex_lock(&portfolio); /* bug: lock-order(feed, portfolio) */
    worth = pieces * feed_now();
    pthread_mutex_unlock(&portfolio);
    return arg;
}

int main(void)
{
    pthread_t valuation;

    feed_subscribe(note_highest, &highest);
    feed_publish(120);
    pthread_create(&valuation, NULL, value, NULL);
    pthread_join(valuation, NULL);
    feed_publish(100); /* a quiet market: never a price while the portfolio is valued */

    assert(worth == 1200 && highest == 120 && feed_now() == 100);
    return 0;
}
