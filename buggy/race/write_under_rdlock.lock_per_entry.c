/*
 * write_under_rdlock.lock_per_entry: each entry has a lock of its own for its stamp
 *
 * Patch: moves
 * Why: The lock of an entry protects last_used of that entry, but tick belongs to all entries.
 *   Lookups of different names hold different locks, and still load and store tick at the same
 *   time.
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
static pthread_mutex_t entry_locks[ENTRIES] = {
    [0 ... ENTRIES - 1] = PTHREAD_MUTEX_INITIALIZER
};
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
            pthread_mutex_lock(&entry_locks[e]);
            cache[e].last_used = ++tick;        /* bug: race(tick) */
            pthread_mutex_unlock(&entry_locks[e]);
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
