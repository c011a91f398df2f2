/*
 * cond_destroyed_while_waiting: a condition variable destroyed under the thread that waits on it
 *
 * Story: an office prints. Each print job carries the condition on which its owner waits for the
 * paper. The spooler finds the printer jammed, cancels the job and tidies up what belongs to it.
 * Wrong: the office waits for ever, and so does the spooler; no job is printed any more.
 * Why: destroying a condition variable does not wake its waiters, and is undefined while there are
 * any. glibc waits in the destroy until they are gone, here with the lock held that they would need
 * to go.
 * Fix: the spooler tells the owner, who destroys what it has made once nobody waits on it.
 * Roadmap: Condition
 * CWE: CWE-826 Premature Release of Resource During Expected Lifetime
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum state { QUEUED, PRINTED, CANCELLED };

struct job {
    pthread_cond_t settled;
    enum state state;
    int pages;
};

static pthread_mutex_t printer = PTHREAD_MUTEX_INITIALIZER; /* guards paper and jobs */
static int paper = 2;

static void cancel(struct job *job)
{
    job->state = CANCELLED;
    pthread_cond_signal(&job->settled); /* bug: hang(settled) */ /* bug: misuse(settled)
        ; tsan, tsan-gcc blind: they take the destruction for a write to the condition's memory, and
        the lock orders that after the wait began
        ; drd blind: it hears of the destruction when glibc's call returns, which is never */
}

static void *spool(void *arg)
{
    struct job *job = arg;

    pthread_mutex_lock(&printer);
    if (job->pages > paper) {
        cancel(job);
    } else {
        paper -= job->pages;
        job->state = PRINTED;
        pthread_cond_signal(&job->settled);
    }
    pthread_mutex_unlock(&printer);
    return NULL;
}

int main(void)
{
    struct job job = {.state = QUEUED, .pages = 3};
    pthread_t spooler;

    pthread_cond_init(&job.settled, NULL);
    pthread_mutex_lock(&printer);
    pthread_create(&spooler, NULL, spool, &job);
    pthread_setname_np(spooler, "spooler");
    while (job.state == QUEUED)
        pthread_cond_wait(&job.settled, &printer); /* bug: hang(settled);
            explore blind: it ends where the object is destroyed */
    pthread_mutex_unlock(&printer);
    pthread_join(spooler, NULL);
    pthread_cond_destroy(&job.settled);

    assert(job.state == CANCELLED && paper == 2);
    return 0;
}
