/*
 * reader_reentry_behind_writer: a reader takes the read lock again while a writer is queued
 *
 * Story: a station's display reads all its lines under one read lock, so that no display mixes two
 * timetables. The office meanwhile asks for the write lock to enter a new timetable.
 * Wrong: on most days it works. On the day the office is quick, the display and the office stop
 * for ever, and with them every other display.
 * Why: departure() takes the read lock again. This kind of lock prefers writers: a queued writer
 * bars each new read lock, also that of a thread which reads already. The writer waits for the
 * outer read lock, the inner one waits for the writer.
 * Fix: who holds the lock reads the departures directly. (The default kind would let the display
 * in again, but enough displays could then keep the office waiting for ever.)
 * Roadmap: Lock, RLock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-764 Multiple Locks of a Critical Resource
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>

enum { LINES = 3 };

static pthread_rwlock_t timetable;
static int departures[LINES] = {10, 20, 30}; /* guarded by timetable */
static sem_t display_reads;

static int departure(int line)
{
    pthread_rwlock_rdlock(&timetable); /* bug: hang(timetable) */
    int minute = departures[line];
    pthread_rwlock_unlock(&timetable);
    return minute;
}

/*
 * For one that holds the read lock. There is no call to ask for queued writers, but a further read
 * lock is refused for no other reason.
 */
static void until_writer_is_queued(void)
{
    while (pthread_rwlock_tryrdlock(&timetable) == 0) {
        pthread_rwlock_unlock(&timetable);
        sched_yield();
    }
}

static void *show(void *arg)
{
    int *display = arg;

    pthread_rwlock_rdlock(&timetable);
    sem_post(&display_reads);
    until_writer_is_queued();
    for (int line = 0; line < LINES; line++)
        display[line] = departure(line);
    pthread_rwlock_unlock(&timetable);
    return NULL;
}

int main(void)
{
    pthread_rwlockattr_t kind;
    pthread_t thread;
    int display[LINES] = {0};

    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&timetable, &kind);
    pthread_rwlockattr_destroy(&kind);
    sem_init(&display_reads, 0, 0);

    pthread_create(&thread, NULL, show, display);
    sem_wait(&display_reads);
    pthread_rwlock_wrlock(&timetable); /* bug: hang(timetable) */
    for (int line = 0; line < LINES; line++)
        departures[line] += 5;
    pthread_rwlock_unlock(&timetable);
    pthread_join(thread, NULL);

    for (int line = 0; line < LINES; line++)
        assert(departure(line) == display[line] + 5);
    return 0;
}
