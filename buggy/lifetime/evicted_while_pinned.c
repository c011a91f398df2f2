/*
 * evicted_while_pinned: least recently used cache that evicts an entry which is in use again
 *
 * Story: A map server keeps rendered tiles in a cache. A tile is pinned while it is being sent, and
 *   the least recently used tile without a pin makes room for a new one. Drawing a tile is slow, so
 *   one that must go is first written to a spool, from which it can be read back.
 * Wrong: While one tile is being spooled, two visitors ask for it. Both are sent a picture of
 *   which half or more belongs to another tile.
 * Why: The victim is chosen under the cache's lock because nobody has pinned it; but the lock is
 *   released for the slow write, during which the tile can still be found and pinned. The pins are
 *   not looked at again, and the new tile is drawn in the memory that the visitors' threads read.
 * Fix: A tile is evicted in the critical section that found it unpinned: after each write the
 *   victim is chosen anew, until it is one that the spool holds already.
 * Roadmap: threads, Lock, Condition, Semaphore, races, server
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition;
 *   CWE-826 Premature Release of Resource During Expected Lifetime
 * CERT: CON43-C
 * Size: large
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <string.h>

enum { TILES = 4, BUCKETS = 8, KEYS = 16, PIXELS = 64, VISITORS = 2 };

/* Guarded by the cache's lock but for the pixels and the key. These are set by the thread that
 * enters and loads the tile, and constant as long as it is ready and pinned. */
struct tile {
    struct tile *next;          /* in its bucket, or among the unused tiles */
    struct tile *newer, *older; /* in the order of use */
    int key, pins;
    bool ready, spooled; /* spooled: the spool holds a copy */
    long pixel[PIXELS];
};

/* The copy of a key is written while its tile is in the index and read when a new tile has been
 * entered for it, so that no two threads use the same copy at once. */
struct spool {
    bool held[KEYS];
    long pixel[KEYS][PIXELS];
    sem_t writing, written; /* one post for each write that begins; that the disk completes */
};

struct cache {
    pthread_mutex_t lock;
    pthread_cond_t loaded; /* a tile has become ready */
    pthread_cond_t idle;   /* a tile has lost its last pin */
    struct tile *bucket[BUCKETS];
    struct tile *newest, *oldest, *unused;
    struct tile tile[TILES];
    struct spool spool;
};

static struct cache map = {.lock = PTHREAD_MUTEX_INITIALIZER,
                           .loaded = PTHREAD_COND_INITIALIZER,
                           .idle = PTHREAD_COND_INITIALIZER,
                           .unused = map.tile};

static long draw(int key, int i)
{
    return key * 1000L + i;
}

static void spool_write(struct spool *spool, const struct tile *tile)
{
    sem_post(&spool->writing);
    memcpy(spool->pixel[tile->key], tile->pixel, sizeof(tile->pixel));
    spool->held[tile->key] = true;
    sem_wait(&spool->written);
}

static bool spool_read(const struct spool *spool, int key, long *pixel)
{
    if (spool->held[key])
        memcpy(pixel, spool->pixel[key], sizeof(spool->pixel[key]));
    return spool->held[key];
}

/* The functions from here to cache_make_room() are called with the lock held. */

static struct tile *index_find(const struct cache *cache, int key)
{
    struct tile *tile = cache->bucket[key % BUCKETS];

    while (tile != NULL && tile->key != key)
        tile = tile->next;
    return tile;
}

static void index_add(struct cache *cache, struct tile *tile)
{
    struct tile **bucket = &cache->bucket[tile->key % BUCKETS];

    tile->next = *bucket;
    *bucket = tile;
}

static void index_remove(struct cache *cache, struct tile *tile)
{
    struct tile **link = &cache->bucket[tile->key % BUCKETS];

    while (*link != tile)
        link = &(*link)->next;
    *link = tile->next;
}

static void recent_add(struct cache *cache, struct tile *tile)
{
    tile->newer = NULL;
    tile->older = cache->newest;
    *(tile->older != NULL ? &tile->older->newer : &cache->oldest) = tile;
    cache->newest = tile;
}

static void recent_remove(struct cache *cache, struct tile *tile)
{
    *(tile->newer != NULL ? &tile->newer->older : &cache->newest) = tile->older;
    *(tile->older != NULL ? &tile->older->newer : &cache->oldest) = tile->newer;
}

static void tile_unpin(struct cache *cache, struct tile *tile)
{
    assert(tile->pins > 0);
    if (--tile->pins == 0)
        pthread_cond_broadcast(&cache->idle);
}

/* Waits for one if every tile is in use. */
static struct tile *cache_oldest_idle(struct cache *cache)
{
    for (;;) {
        for (struct tile *tile = cache->oldest; tile != NULL; tile = tile->newer)
            if (tile->pins == 0)
                return tile;
        pthread_cond_wait(&cache->idle, &cache->lock);
    }
}

/* The lock is released during the write: a hit must not wait for the disk. The pin keeps other
 * threads from choosing the same victim meanwhile. */
static void cache_spool(struct cache *cache, struct tile *tile)
{
    tile->pins++;
    pthread_mutex_unlock(&cache->lock);
    spool_write(&cache->spool, tile);
    pthread_mutex_lock(&cache->lock);
    tile->spooled = true;
    tile_unpin(cache, tile);
}

static void cache_make_room(struct cache *cache)
{
    struct tile *victim = cache_oldest_idle(cache);

    if (!victim->spooled)
        cache_spool(cache, victim);
    index_remove(cache, victim);
    recent_remove(cache, victim);
    victim->next = cache->unused;
    cache->unused = victim;
}

/* Fills a tile that was entered for its key, and that this thread has pinned. */
static void cache_load(struct cache *cache, struct tile *tile)
{
    bool spooled = spool_read(&cache->spool, tile->key, tile->pixel);

    for (int i = 0; !spooled && i < PIXELS; i++)
        tile->pixel[i] = draw(tile->key, i); /* bug: race(tile) */
    pthread_mutex_lock(&cache->lock);
    tile->spooled = spooled;
    tile->ready = true;
    pthread_cond_broadcast(&cache->loaded);
    pthread_mutex_unlock(&cache->lock);
}

/* Returns the tile, pinned: to be given back with cache_release(). */
static struct tile *cache_get(struct cache *cache, int key)
{
    struct tile *tile;

    pthread_mutex_lock(&cache->lock);
    /* Making room may release the lock, and another thread may enter the key meanwhile. */
    while ((tile = index_find(cache, key)) == NULL && cache->unused == NULL)
        cache_make_room(cache);
    bool hit = tile != NULL;
    if (hit) {
        recent_remove(cache, tile);
    } else {
        tile = cache->unused;
        cache->unused = tile->next;
        tile->key = key;
        tile->ready = false;
        index_add(cache, tile);
    }
    recent_add(cache, tile);
    tile->pins++;
    while (hit && !tile->ready)
        pthread_cond_wait(&cache->loaded, &cache->lock);
    pthread_mutex_unlock(&cache->lock);
    if (!hit)
        cache_load(cache, tile);
    return tile;
}

static void cache_release(struct cache *cache, struct tile *tile)
{
    pthread_mutex_lock(&cache->lock);
    tile_unpin(cache, tile);
    pthread_mutex_unlock(&cache->lock);
}

struct request {
    pthread_t thread;
    int key;
    sem_t begun, more; /* posted when the answer begins; when the client asks for the rest */
    int damaged;       /* pixels that are not those of the key */
};

static int send_pixels(const struct tile *tile, int key, int from, int to)
{
    int damaged = 0;

    for (int i = from; i < to; i++)
        damaged += tile->pixel[i] != draw(key, i); /* bug: race(tile) */
    return damaged;
}

static void *serve(void *arg)
{
    struct request *request = arg;
    struct tile *tile = cache_get(&map, request->key);

    sem_post(&request->begun);
    request->damaged = send_pixels(tile, request->key, 0, PIXELS / 2);
    sem_wait(&request->more);
    request->damaged += send_pixels(tile, request->key, PIXELS / 2, PIXELS);
    cache_release(&map, tile);
    return NULL;
}

static void request_start(struct request *request, int key)
{
    *request = (struct request){.key = key};
    sem_init(&request->begun, 0, 0);
    sem_init(&request->more, 0, 0);
    pthread_create(&request->thread, NULL, serve, request);
}

static int request_finish(struct request *request)
{
    sem_post(&request->more);
    pthread_join(request->thread, NULL);
    sem_destroy(&request->more);
    sem_destroy(&request->begun);
    return request->damaged;
}

int main(void)
{
    struct request newcomer, visit[VISITORS];
    int damaged = 0;

    sem_init(&map.spool.writing, 0, 0);
    sem_init(&map.spool.written, 0, 0);
    for (int i = 0; i < TILES; i++)
        map.tile[i].next = i + 1 < TILES ? &map.tile[i + 1] : NULL;
    for (int key = 0; key < TILES; key++)
        cache_release(&map, cache_get(&map, key));

    /* A tile is asked for that is not cached: tile 0, the oldest, goes to the spool. */
    request_start(&newcomer, TILES);
    sem_wait(&map.spool.writing);

    /* While it is being written, tile 0 is asked for. From then on no write is slow any more. */
    for (int i = 0; i < VISITORS; i++) {
        request_start(&visit[i], 0);
        sem_wait(&visit[i].begun);
    }
    for (int i = 0; i < KEYS; i++)
        sem_post(&map.spool.written);

    /* The visitors ask for their second half when the newcomer's answer has begun. */
    sem_wait(&newcomer.begun);
    for (int i = 0; i < VISITORS; i++)
        damaged += request_finish(&visit[i]);
    damaged += request_finish(&newcomer);

    /* Each tile can still be had, from the cache or from the spool. */
    for (int key = 0; key <= TILES; key++) {
        struct tile *tile = cache_get(&map, key);

        damaged += send_pixels(tile, key, 0, PIXELS);
        cache_release(&map, tile);
    }
    sem_destroy(&map.spool.written);
    sem_destroy(&map.spool.writing);
    assert(damaged == 0); /* bug: wrong-result(tile) */
    return 0;
}
