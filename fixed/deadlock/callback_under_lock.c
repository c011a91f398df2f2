/*
 * callback_under_lock: an observer's callback is called with the subject's lock held
 *
 * Story: a price feed calls its observers with each new price. One of them is a portfolio, which
 * notes the highest price under its own lock; another thread values the portfolio and asks the feed
 * for the present price.
 * Wrong: for weeks prices and valuations go well. When a price comes in during a valuation, feed
 * and portfolio both stop.
 * Why: the feed cannot know what a callback locks. This one locks the portfolio, so that publishing
 * takes feed before portfolio, while the valuation takes portfolio before feed. Each module by
 * itself has one lock and nothing to get wrong.
 * Fix: the feed copies the list of its observers and calls them after it has unlocked. A feed that
 * lets observers sign off must then expect one more call to them; this one does not.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
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
    struct observers told = observers;
    pthread_mutex_unlock(&feed);
    for (int i = 0; i < told.count; i++)
        told.notify[i](told.self[i], price);
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
