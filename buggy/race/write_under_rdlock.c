/*
 * write_under_rdlock: a lookup writes with only the read lock held
 *
 * Story: A name cache is looked up under a read lock. Each hit also stamps the entry with the next
 *   tick of the cache's clock, so that the entry used longest ago can be dropped.
 * Wrong: Two entries can get the same stamp and the clock falls behind, so that the wrong entry is
 *   dropped.
 * Why: A read lock excludes writers, not other readers: any number of lookups hold it at once, and
 *   nothing orders one reader's stores before another reader's accesses.
 * Fix: A lookup that writes takes the write lock.
 * Roadmap: Lock, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-821 Incorrect Synchronization
 * CERT: CON43-C; POS49-C
 * Rate: A tick is lost where one lookup's load falls between another's load and store. Both
 *   resolvers look up without a pause, which makes that more likely.
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
            cache[e].last_used = ++tick;        /* bug: race(tick) */
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
