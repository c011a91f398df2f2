/*
 * barrier_destroyed_early: a barrier made anew while others have yet to come to it
 *
 * Story: runners meet the starter at a line, the barrier, for the start, and once more at the
 * finish, to be timed. The starter makes the line ready for the next race, with more runners.
 * Wrong: the race never ends; the runners stand at the finish, and nobody comes.
 * Why: the starter destroys the barrier after the first of its two meetings. Where a runner waits
 * at it already that is undefined, and glibc's destroy waits for the runner to leave; runners that
 * come later wait at the line of the next race, and are too few for it.
 * Fix: the starter comes to the finish, too, and makes the line anew when the runners have gone.
 * Roadmap: threads
 * CWE: CWE-826 Premature Release of Resource During Expected Lifetime
 * CERT: none
 * Rate: which of Helgrind and DRD sees it depends on whether a runner is at the finish when the
 * starter destroys the line. All leave the start at the same moment and have little to do.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

enum { RUNNERS = 2, NEXT_RUNNERS = 3 };

struct runner {
    pthread_t thread;
    int metres;
};

static pthread_barrier_t line;

static void *run(void *arg)
{
    struct runner *runner = arg;

    pthread_barrier_wait(&line); /* bug: race(line) */ /* bug: misuse(line) */
    runner->metres += 100;
    pthread_barrier_wait(&line); /* bug: race(line) */ /* bug: misuse(line) */ /* bug: hang(line) */
    return NULL;
}

static void make_line(unsigned runners)
{
    pthread_barrier_destroy(&line); /* bug: hang(line) */ /* bug: race(line) */ /* bug: misuse(line)
        ; tsan, tsan-gcc blind: they take the destruction for a write to the barrier's memory
        ; helgrind rate: it counts those who wait for the current meeting, and there may be none yet
        ; drd rate: it hears of the destruction when glibc's call returns, and where somebody waits
        that is never */
    pthread_barrier_init(&line, NULL, runners + 1); /* bug: race(line)
        ; helgrind, drd blind: they do not take a barrier's calls for accesses to its memory */
}

int main(void)
{
    struct runner runners[RUNNERS] = {0};

    pthread_barrier_init(&line, NULL, RUNNERS + 1);
    for (int i = 0; i < RUNNERS; i++) {
        pthread_create(&runners[i].thread, NULL, run, &runners[i]);
        pthread_setname_np(runners[i].thread, "runner");
    }
    pthread_barrier_wait(&line);
    make_line(NEXT_RUNNERS);
    for (int i = 0; i < RUNNERS; i++)
        pthread_join(runners[i].thread, NULL); /* bug: hang(line);
            explore blind: it ends where the object is destroyed */

    for (int i = 0; i < RUNNERS; i++)
        assert(runners[i].metres == 100);
    pthread_barrier_destroy(&line);
    return 0;
}
