/*
 * callback_under_lock.price_before_lock: the valuation asks for the price before it locks
 *
 * Why: The valuation asks for the price before it locks the portfolio, so nobody ever asks for
 * `feed` with `portfolio` in hand. Publishing takes `feed` before `portfolio`, and that is now the
 * only order, so the copy of the observers is not needed.
 */
#include <assert.h>
#include <pthread.h>
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
    pthread_mutex_lock(&feed); /* bug: lock-order(feed, portfolio) */
    int price = feed_price;
    pthread_mutex_unlock(&feed);
    return price;
}

static void feed_publish(int price)
{
    pthread_mutex_lock(&feed); /* bug: lock-order(feed, portfolio)
                                  ; drd blind: it keeps no lock order */
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
    int price = feed_now();
    pthread_mutex_lock(&portfolio); /* bug: lock-order(feed, portfolio) */
    worth = pieces * price;
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
