/*
 * malloc_in_signal_handler: a handler allocates memory, and the code it interrupts may do so, too
 *
 * Story: a mail indexer has a profiler of its own. After each few milliseconds of processor time
 *   the indexer is sent SIGPROF, and the handler notes which mail is being indexed.
 * Wrong: the indexer stops for ever when it is profiled, and never otherwise.
 * Why: a tick may come in the midst of malloc() or free(), which hold the lock of the heap. The
 *   handler's malloc() then waits for a lock that only the code below it on the same stack can give
 *   back. Only functions that are async-signal-safe may be called there.
 * Fix: the samples are taken from an array that is there before the first tick.
 * Rate: the hang needs a tick while the heap is locked. The indexer does little but allocate and
 *   free pages too large for glibc's per-thread cache, so that many of the ticks meet it locked.
 * Roadmap: threads, Lock, deadlocks
 * CWE: CWE-479 Signal Handler Use of a Non-reentrant Function
 * CERT: SIG30-C
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>

enum { TICKS = 8, PAGE = 3000 };

struct sample {
    struct sample *next;
    int mail;
};

/* The indexer's own until it has ended; lock-free atomics, for they are used in its handler. */
static atomic_int ticks;
static atomic_int mail;                     /* the one being indexed */
static _Atomic(struct sample *) samples;
static sigset_t profiling;                  /* set before the indexer starts */

static void take_sample(int signal_number)
{
    const int interrupted_errno = errno;

    (void)signal_number;
    if (ticks == TICKS)
        return;
    struct sample *sample = malloc(sizeof(*sample));    /* bug: hang(heap) */ /* bug: misuse(heap);
        helgrind, drd blind: a handler is to them a part of the thread it interrupts */
    if (sample != NULL) {
        sample->mail = mail;
        sample->next = samples;
        samples = sample;
    }
    ticks++;
    errno = interrupted_errno;
}

static void *index_mails(void *arg)
{
    const struct itimerval every = { { 0, 1000 }, { 0, 1000 } }, never = { { 0, 0 }, { 0, 0 } };
    int *indexed = arg;

    pthread_sigmask(SIG_UNBLOCK, &profiling, NULL);
    setitimer(ITIMER_PROF, &every, NULL);
    for (mail = 0; ticks < TICKS; mail++) {
        char *page = malloc(PAGE);

        if (page == NULL)
            return NULL;
        page[mail % PAGE] = '\n';
        *indexed += page[mail % PAGE] == '\n';
        free(page);
    }
    setitimer(ITIMER_PROF, &never, NULL);
    return NULL;
}

int main(void)
{
    struct sigaction action = { .sa_handler = take_sample, .sa_flags = SA_RESTART };
    pthread_t indexer;
    int indexed = 0, taken = 0;

    sigemptyset(&profiling);
    sigaddset(&profiling, SIGPROF);
    pthread_sigmask(SIG_BLOCK, &profiling, NULL);       /* the ticks are the indexer's */
    sigaction(SIGPROF, &action, NULL);
    pthread_create(&indexer, NULL, index_mails, &indexed);
    pthread_join(indexer, NULL);            /* bug: hang(heap);
        explore blind: a timer sends the signal, and no schedule can;
        watchdog rate: a tick must come
                                               between the heap's lock and its unlock */
    for (const struct sample *sample = samples; sample != NULL; sample = sample->next)
        taken++;
    assert(indexed == mail && taken == TICKS);
    return 0;
}
