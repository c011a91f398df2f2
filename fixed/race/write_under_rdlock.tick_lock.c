/*
 * write_under_rdlock.tick_lock: the read lock again, and a mutex for what a lookup writes
 *
 * Why: Under the read lock several lookups can be in the loop, but they only read names and
 *   addresses there, which nobody writes. What they write, tick and last_used, they write with
 *   tick_lock held.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define RESOLVERS 2
#define LOOKUPS 3000
#define ENTRIES 3

struct entry {
    const char *name, *address;
    long last_used;
};

static pthread_rwlock_t cache_lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t tick_lock = PTHREAD_MUTEX_INITIALIZER;
static long tick;
static struct entry cache[ENTRIES] = {
    { "mail", "192.0.2.25", 0 },
    { "news", "192.0.2.119", 0 },
    { "www", "192.0.2.80", 0 },
};

static const char *look_up(const char *name)
{
    const char *address = NULL;

    pthread_rwlock_rdlock(&cache_lock);
    for (int e = 0; e < ENTRIES && address == NULL; e++) {
        if (strcmp(cache[e].name, name) == 0) {
            pthread_mutex_lock(&tick_lock);
            cache[e].last_used = ++tick;        /* bug: race(tick) */
            pthread_mutex_unlock(&tick_lock);
            address = cache[e].address;
        }
    }
    pthread_rwlock_unlock(&cache_lock);
    return address;
}

static void *resolver(void *arg)
{
    const char *name = arg;

    for (int i = 0; i < LOOKUPS; i++)
        look_up(name);
    return NULL;
}

int main(void)
{
    static char *names[RESOLVERS] = { "mail", "www" };
    pthread_t resolvers[RESOLVERS];

    for (int r = 0; r < RESOLVERS; r++)
        pthread_create(&resolvers[r], NULL, resolver, names[r]);
    for (int r = 0; r < RESOLVERS; r++)
        pthread_join(resolvers[r], NULL);

    printf("%ld ticks\n", tick);
    assert(tick == RESOLVERS * LOOKUPS);        /* bug: wrong-result(tick); watchdog rate:
        one lookup's load must fall between the other's load and store */
    return 0;
}
