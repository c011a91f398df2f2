/*
 * health_check_goes_on: a part of the program is deadlocked, and the rest does not notice
 *
 * Story: a price service. A refresher puts new prices into the cache, then a seller reads them; a
 * health check answers the load balancer every few milliseconds.
 * Wrong: no price is ever sold again, but the service is reported to be in good health.
 * Why: the refresher holds the cache's lock when it calls a function that locks it, too, and a
 * mutex of the default kind waits for its own thread for ever. Main waits for the
 * refresher before it lets the seller start. The health check asks for another lock and goes on.
 * Fix: the function that is called with the lock held does not take it.
 * Roadmap: RLock, deadlocks, server
 * CWE: CWE-764 Multiple Locks of a Critical Resource; CWE-833 Deadlock
 * CERT: POS51-C
 * Limit: 3 s
 */
#define _GNU_SOURCE /* pthread_setname_np */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static int price = 100; /* guarded by cache_lock, as age is */
static int age;

static pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER;
static bool closing; /* guarded by state_lock, as answers is */
static int answers;

static void reset_age(void)
{
    pthread_mutex_lock(&cache_lock); /* bug: hang(cache_lock) */ /* bug: misuse(cache_lock)
        ; tsan, tsan-gcc blind: it takes a lock by the owner for a recursive one
        ; helgrind blind: a mutex never given to pthread_mutex_init may be recursive to it */
    age = 0;
    pthread_mutex_unlock(&cache_lock);
}

static void *refresh(void *arg)
{
    pthread_mutex_lock(&cache_lock);
    price = 120;
    reset_age();
    pthread_mutex_unlock(&cache_lock);
    return arg;
}

static void *sell(void *sold)
{
    pthread_mutex_lock(&cache_lock);
    *(int *)sold = price;
    pthread_mutex_unlock(&cache_lock);
    return NULL;
}

static void *check_health(void *arg)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    for (bool done = false; !done;) {
        nanosleep(&pause, NULL); /* lint: sleep: the time between two checks */
        pthread_mutex_lock(&state_lock);
        answers++;
        done = closing;
        pthread_mutex_unlock(&state_lock);
    }
    return arg;
}

static pthread_t start(const char *name, void *(*run)(void *), void *arg)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, arg);
    pthread_setname_np(thread, name);
    return thread;
}

int main(void)
{
    int sold = 0;
    pthread_t health = start("health check", check_health, NULL);
    pthread_t refresher = start("refresher", refresh, NULL);
    pthread_join(refresher, NULL); /* bug: hang(cache_lock);
        explore blind: the rest goes on, so that no run ends */
    pthread_t seller = start("seller", sell, &sold);
    pthread_join(seller, NULL);

    pthread_mutex_lock(&state_lock);
    closing = true;
    pthread_mutex_unlock(&state_lock);
    pthread_join(health, NULL);
    assert(sold == 120 && age == 0 && answers > 0);
    return 0;
}
