/*
 * bounded_queue_cycle: two stages with bounded queues that feed each other
 *
 * Story: a crawler walks a site. The fetcher turns addresses into pages, the parser turns pages
 * into further addresses; bounded queues keep the faster of the two from running far ahead.
 * Wrong: small sites are walked to the end. On a site with more links than the queues have places
 * both stages stop, without an error and without load.
 * Why: the parser makes up to three addresses of one page. Once both queues are full, each stage
 * waits for room in the queue that only the other empties, and neither takes before it has put.
 * Fix: one queue of the cycle never makes its producer wait. There is a place for the address of
 * every page of the site, each of which is put once; the bound on pages still slows the fetcher.
 * Roadmap: Queue, Condition, deadlocks
 * CWE: CWE-833 Deadlock
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { SITE = 13, LINKS = 3, ROOM = 2, END = -1 };

struct queue {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    int item[SITE];
    int room, head, count;
};

#define QUEUE_INITIALIZER(places)                                                                  \
    {.lock = PTHREAD_MUTEX_INITIALIZER, .not_empty = PTHREAD_COND_INITIALIZER,                     \
     .not_full = PTHREAD_COND_INITIALIZER, .room = (places)}

static struct queue addresses = QUEUE_INITIALIZER(ROOM);
static struct queue pages = QUEUE_INITIALIZER(ROOM);

static void queue_put(struct queue *queue, int item)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == queue->room)
        pthread_cond_wait(&queue->not_full, &queue->lock); /* bug: hang(addresses, pages) */
    queue->item[(queue->head + queue->count++) % queue->room] = item;
    pthread_cond_signal(&queue->not_empty);
    pthread_mutex_unlock(&queue->lock);
}

static int queue_get(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0)
        pthread_cond_wait(&queue->not_empty, &queue->lock);
    int item = queue->item[queue->head];
    queue->head = (queue->head + 1) % queue->room;
    queue->count--;
    pthread_cond_signal(&queue->not_full);
    pthread_mutex_unlock(&queue->lock);
    return item;
}

static void *fetcher(void *fetched)
{
    pthread_setname_np(pthread_self(), "fetcher");
    for (int address; (address = queue_get(&addresses)) != END; ++*(int *)fetched)
        queue_put(&pages, address);
    return NULL;
}

/* The pages form a tree: page p links to the pages 3p + 1 to 3p + 3. */
static void *parser(void *parsed)
{
    pthread_setname_np(pthread_self(), "parser");
    for (int pending = 1; pending > 0; pending--, ++*(int *)parsed) {
        int page = queue_get(&pages);
        for (int link = 1; link <= LINKS && LINKS * page + link < SITE; link++, pending++)
            queue_put(&addresses, LINKS * page + link);
    }
    queue_put(&addresses, END);
    return NULL;
}

int main(void)
{
    pthread_t fetching, parsing;
    int fetched = 0, parsed = 0;

    queue_put(&addresses, 0);
    pthread_create(&fetching, NULL, fetcher, &fetched);
    pthread_create(&parsing, NULL, parser, &parsed);
    pthread_join(fetching, NULL); /* bug: hang(addresses, pages) */
    pthread_join(parsing, NULL);

    assert(fetched == SITE && parsed == SITE);
    return 0;
}
