/*
 * write_under_rdlock.one_by_one: each resolver is joined before the next one starts
 *
 * Patch: serial
 * Why: No tick is lost because there is never a second resolver: main joins each one before it
 *   creates the next. The lookup still writes under a read lock, and the names are resolved one
 *   after the other.
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
            cache[e].last_used = ++tick;
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

    for (int r = 0; r < RESOLVERS; r++) {
        pthread_create(&resolvers[r], NULL, resolver, names[r]);
        pthread_join(resolvers[r], NULL);       /* serial: tick */
    }

    printf("%ld ticks\n", tick);
    assert(tick == RESOLVERS * LOOKUPS);
    return 0;
}
