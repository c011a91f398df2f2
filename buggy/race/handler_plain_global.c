/*
 * handler_plain_global: a signal handler sets a plain global that another thread polls
 *
 * Story: A backup can be ended early with SIGTERM, and then closes its archive after the block that
 *   it is at. The handler leaves a note in a global, and the backup thread looks there after each
 *   block.
 * Wrong: The backup may not notice the note, goes on to its last block, and is killed in the middle
 *   of one by an operator who has lost patience.
 * Why: The handler runs in the main thread, the polling is done in another, and the accesses are
 *   plain: a data race. The compiler may load the note once for the whole loop; volatile
 *   sig_atomic_t would help a handler and the thread it interrupts, not two threads.
 * Fix: The handler posts a semaphore, which POSIX allows in a handler, and the backup tries it.
 * Roadmap: threads, Semaphore, races
 * CWE: CWE-364 Signal Handler Race Condition; CWE-366 Race Condition within a Thread
 * CERT: SIG31-C; CON43-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define BLOCKS 1000
#define BLOCK_BYTES 512

struct archive {
    long blocks, bytes;
    bool closed;
};

static struct archive archive;                  /* the backup's own until it is joined */
static bool end_asked;

static void on_terminate(int signal_number)
{
    (void)signal_number;
    end_asked = true;                           /* bug: race(end_asked) */
}

static void *back_up(void *arg)
{
    (void)arg;
    do {
        archive.bytes += BLOCK_BYTES;
        archive.blocks++;
    } while (archive.blocks < BLOCKS && !end_asked);    /* bug: race(end_asked) */
    archive.closed = true;
    return NULL;
}

static void *operate(void *arg)
{
    (void)arg;
    kill(getpid(), SIGTERM);
    return NULL;
}

int main(void)
{
    struct sigaction terminate = { .sa_handler = on_terminate };
    pthread_t backup, operator;
    sigset_t terminations, usual;

    sigemptyset(&terminate.sa_mask);
    sigaction(SIGTERM, &terminate, NULL);
    sigemptyset(&terminations);
    sigaddset(&terminations, SIGTERM);

    /* The others inherit a mask that blocks the signal: the main thread takes it in sigsuspend. */
    pthread_sigmask(SIG_BLOCK, &terminations, &usual);
    pthread_create(&backup, NULL, back_up, NULL);
    pthread_create(&operator, NULL, operate, NULL);
    sigsuspend(&usual);
    pthread_join(operator, NULL);
    pthread_join(backup, NULL);

    printf("%ld blocks in the archive\n", archive.blocks);
    assert(archive.closed && archive.bytes == archive.blocks * BLOCK_BYTES);
    return 0;
}
