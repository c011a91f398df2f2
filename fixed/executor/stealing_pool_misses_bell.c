/*
 * stealing_pool_misses_bell: work-stealing pool that misses a wake-up and nests two locks both ways
 *
 * Story: A backup adds up folder trees on a work-stealing pool. Each worker keeps the folders it
 *   comes upon in a deque of its own, takes the latest from it, and steals another worker's oldest
 *   when it has none. A worker that finds nothing at all prints what it has added up and sleeps
 *   until the bell rings for a new folder; when all of them sleep, the backup is complete.
 * Wrong: Two things. A camera that is plugged in just as the workers print is not backed up: all
 *   of them go to sleep beside a deque with a folder in it, and the backup ends without an error.
 *   And an operator who asks for the pool's load may stop the pool for good.
 * Why: A worker sleeps as long as the bell has not rung since it drew its ticket. The ticket is
 *   drawn after the search, so a ring between the two, for a folder that the search did not see,
 *   counts as heard. And the bell is rung with the deque locked (deque, then bell), while the load
 *   is taken with the bell locked (bell, then deque): each may come to wait for the other.
 * Fix: The ticket is drawn before the search: whatever the search misses rings after it. And the
 *   deque is unlocked before the bell is rung, so that only the load nests the two locks.
 * Roadmap: threads, Lock, Semaphore, Condition, pool, deadlocks
 * CWE: CWE-696 Incorrect Behavior Order; CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 * Size: large
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>

enum { WORKERS = 2, ROOM = 16, FOLDERS = 13 };
enum { DISK, CONSOLE, DEVICES };

struct folder {
    long bytes; /* in the files of this folder itself */
    const struct folder *inside;
    int count; /* of the folders inside */
};

struct deque {
    pthread_mutex_t lock; /* guards all that follows */
    const struct folder *folder[ROOM];
    unsigned oldest, end;
};

/* Wakes the workers that sleep: each sleeps until the bell has rung since it drew its ticket. */
struct bell {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t rung;
    pthread_cond_t all_asleep;
    unsigned rings;
    int asleep; /* since the last ring */
    bool closed;
};

/* A slow device, whose user waits for its answer. */
struct device {
    sem_t asked, answered;
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    struct deque deque;
    long bytes, printed; /* the worker's own, until it has ended */
};

struct pool {
    struct worker worker[WORKERS];
    struct bell bell;
    struct device device[DEVICES]; /* played by main() */
};

static const struct folder letters[] = {{.bytes = 30}, {.bytes = 20}};
static const struct folder in_home[] = {{.bytes = 5, .inside = letters, .count = 2}, {.bytes = 45}};
static const struct folder in_site[] = {{.bytes = 80}, {.bytes = 15}};
static const struct folder in_logs[] = {{.bytes = 60}, {.bytes = 25}};
static const struct folder photos[] = {{.bytes = 400}};

static const struct folder home = {.bytes = 100, .inside = in_home, .count = 2};
static const struct folder site = {.bytes = 10, .inside = in_site, .count = 2};
static const struct folder logs = {.bytes = 10, .inside = in_logs, .count = 2};
static const struct folder camera = {.bytes = 200, .inside = photos, .count = 1};

static void device_use(struct device *device)
{
    sem_post(&device->asked);
    sem_wait(&device->answered);
}

static void bell_ring(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock); /* bug: lock-order(deque, bell) */
    bell->rings++;
    bell->asleep = 0;
    pthread_cond_broadcast(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}

static unsigned bell_ticket(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    unsigned ticket = bell->rings;
    pthread_mutex_unlock(&bell->lock);
    return ticket;
}

/* Returns true when the bell has rung since the ticket was drawn, false when it has been closed. */
static bool bell_wait(struct bell *bell, unsigned ticket)
{
    pthread_mutex_lock(&bell->lock);
    if (bell->rings == ticket && ++bell->asleep == WORKERS)
        pthread_cond_signal(&bell->all_asleep);
    while (bell->rings == ticket && !bell->closed)
        pthread_cond_wait(&bell->rung, &bell->lock);
    bool open = !bell->closed;
    pthread_mutex_unlock(&bell->lock);
    return open;
}

/* Waits until every worker sleeps, and sends them home. */
static void bell_close(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    while (bell->asleep < WORKERS)
        pthread_cond_wait(&bell->all_asleep, &bell->lock);
    bell->closed = true;
    pthread_cond_broadcast(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}

/* Called with the deque locked, or before the workers start. */
static void deque_push(struct deque *deque, const struct folder *folder)
{
    assert(deque->end - deque->oldest < ROOM);
    deque->folder[deque->end++ % ROOM] = folder;
}

static const struct folder *deque_take(struct deque *deque, bool latest)
{
    const struct folder *folder = NULL;

    pthread_mutex_lock(&deque->lock);
    if (deque->oldest != deque->end)
        folder = deque->folder[(latest ? --deque->end : deque->oldest++) % ROOM];
    pthread_mutex_unlock(&deque->lock);
    return folder;
}

static void pool_add(struct pool *pool, struct deque *deque, const struct folder *folder)
{
    pthread_mutex_lock(&deque->lock); /* bug: lock-order(deque, bell); drd blind: it keeps no lock
                                         order */
    deque_push(deque, folder);
    pthread_mutex_unlock(&deque->lock);
    bell_ring(&pool->bell);
}

/* How many folders are waiting and, in *asleep, how many workers sleep nevertheless. */
static unsigned pool_load(struct pool *pool, int *asleep)
{
    unsigned queued = 0;

    pthread_mutex_lock(&pool->bell.lock); /* bug: lock-order(deque, bell) */
    *asleep = pool->bell.asleep;
    for (int i = 0; i < WORKERS; i++) {
        struct deque *deque = &pool->worker[i].deque;

        pthread_mutex_lock(&deque->lock); /* bug: lock-order(deque, bell) */
        queued += deque->end - deque->oldest;
        pthread_mutex_unlock(&deque->lock);
    }
    pthread_mutex_unlock(&pool->bell.lock);
    return queued;
}

static const struct folder *search(struct worker *self)
{
    const struct folder *folder = deque_take(&self->deque, true);

    for (int i = 0; folder == NULL && i < WORKERS; i++)
        folder = deque_take(&self->pool->worker[i].deque, false);
    return folder;
}

static void measure(struct worker *self, const struct folder *folder)
{
    device_use(&self->pool->device[DISK]);
    self->bytes += folder->bytes;
    for (int i = 0; i < folder->count; i++)
        pool_add(self->pool, &self->deque, &folder->inside[i]);
}

static void report(struct worker *self)
{
    if (self->bytes == self->printed)
        return;
    printf("%ld bytes\n", self->bytes);
    self->printed = self->bytes;
    device_use(&self->pool->device[CONSOLE]);
}

static void *work(void *arg)
{
    struct worker *self = arg;
    const struct folder *folder;
    unsigned ticket;

    do {
        ticket = bell_ticket(&self->pool->bell);
        while ((folder = search(self)) != NULL)
            measure(self, folder);
        report(self);
    } while (bell_wait(&self->pool->bell, ticket));
    return NULL;
}

static void pool_init(struct pool *pool)
{
    pthread_mutex_init(&pool->bell.lock, NULL);
    pthread_cond_init(&pool->bell.rung, NULL);
    pthread_cond_init(&pool->bell.all_asleep, NULL);
    for (int i = 0; i < DEVICES; i++) {
        sem_init(&pool->device[i].asked, 0, 0);
        sem_init(&pool->device[i].answered, 0, 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        pool->worker[i].pool = pool;
        pthread_mutex_init(&pool->worker[i].deque.lock, NULL);
    }
}

static void pool_start(struct pool *pool)
{
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&pool->worker[i].thread, NULL, work, &pool->worker[i]);
}

/* Returns the bytes of all that was added, when it has been measured and the workers have ended. */
static long pool_finish(struct pool *pool)
{
    long bytes = 0;

    bell_close(&pool->bell);
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(pool->worker[i].thread, NULL);
        bytes += pool->worker[i].bytes;
    }
    return bytes;
}

static void device_await(struct device *device, int users)
{
    while (users-- > 0)
        sem_wait(&device->asked);
}

/* From here on the device answers at once. */
static void device_run(struct device *device)
{
    for (int i = 0; i < FOLDERS; i++)
        sem_post(&device->answered);
}

int main(void)
{
    static struct pool backup;
    unsigned queued;
    int asleep;

    pool_init(&backup);
    deque_push(&backup.worker[0].deque, &site);
    deque_push(&backup.worker[0].deque, &home);
    deque_push(&backup.worker[1].deque, &logs);
    pool_start(&backup);

    /* The operator asks for the load while each worker waits for the disk with its first folder. */
    device_await(&backup.device[DISK], WORKERS);
    queued = pool_load(&backup, &asleep);
    printf("%u folders wait, %d workers sleep\n", queued, asleep);
    assert(queued == 1 && asleep == 0);
    device_run(&backup.device[DISK]);

    /* The camera is plugged in while the workers, who have found no more, print what they have. */
    device_await(&backup.device[CONSOLE], WORKERS);
    pool_add(&backup, &backup.worker[0].deque, &camera);
    device_run(&backup.device[CONSOLE]);

    long bytes = pool_finish(&backup);
    printf("%ld bytes in all\n", bytes);
    assert(bytes == 1000); /* bug: wrong-result(bytes) */
    return 0;
}
