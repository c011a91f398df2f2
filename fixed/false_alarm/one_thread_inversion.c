/*
 * one_thread_inversion: two lock orders on two threads, and the same two on one thread
 *
 * Story: a search engine adds documents to its index and compacts it, each on request. A
 *        dispatcher hands the requests to two long-lived workers.
 * Wrong: when a document is added while the index is compacted, each worker holds the lock that
 *        the other wants, and the engine stops. In this run one request comes after the other.
 * Why: adding locks the documents before the index, compacting the index before the documents: a
 *      cycle that two workers can close.
 * Fix: the dispatcher gives both kinds of request to the same worker, and a thread cannot meet
 *      itself: it has released both locks before it begins the next request.
 * Roadmap: threads, Lock, Semaphore, deadlocks, server
 * CWE: CWE-833 Deadlock
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

#define WORKERS 2

struct worker {
    pthread_t thread;
    sem_t asked, answered;
    void (*request)(void);                  /* passed on with asked; NULL ends the worker */
};

static pthread_mutex_t docs = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t idx = PTHREAD_MUTEX_INITIALIZER;
static int doc_count;                       /* guarded by docs */
static int term_count;                      /* guarded by idx */

static void add_document(void)
{
    pthread_mutex_lock(&docs); /* bug: lock-order(docs, idx) */ /* alarm: lock-order(docs, idx) by
        tsan, tsan-gcc, helgrind: an edge of the order does not say which thread */
    doc_count++;
    pthread_mutex_lock(&idx);  /* alarm: lock-order(docs, idx) */ /* bug: lock-order(docs, idx);
        drd blind: it keeps no lock order */
    term_count += 10;
    pthread_mutex_unlock(&idx);
    pthread_mutex_unlock(&docs);
}

static void compact(void)
{
    pthread_mutex_lock(&idx);  /* bug: lock-order(docs, idx) */ /* alarm: lock-order(docs, idx) */
    pthread_mutex_lock(&docs); /* bug: lock-order(docs, idx) */ /* alarm: lock-order(docs, idx) */
    term_count -= doc_count;
    pthread_mutex_unlock(&docs);
    pthread_mutex_unlock(&idx);
}

static void *work(void *arg)
{
    struct worker *self = arg;

    while (sem_wait(&self->asked) == 0 && self->request != NULL) {
        self->request();
        sem_post(&self->answered);
    }
    return NULL;
}

static void ask(struct worker *worker, void (*request)(void))
{
    worker->request = request;
    sem_post(&worker->asked);
    sem_wait(&worker->answered);
}

int main(void)
{
    static struct worker worker[WORKERS];

    for (int i = 0; i < WORKERS; i++) {
        sem_init(&worker[i].asked, 0, 0);
        sem_init(&worker[i].answered, 0, 0);
        pthread_create(&worker[i].thread, NULL, work, &worker[i]);
    }
    ask(&worker[0], add_document);
    ask(&worker[0], compact);
    for (int i = 0; i < WORKERS; i++) {
        worker[i].request = NULL;
        sem_post(&worker[i].asked);
        pthread_join(worker[i].thread, NULL);
        sem_destroy(&worker[i].asked);
        sem_destroy(&worker[i].answered);
    }
    assert(doc_count == 1 && term_count == 9);
    return 0;
}
