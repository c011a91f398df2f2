/*
 * rwlock_unlock_unlocked: a clean-up label unlocks what was not locked yet
 *
 * Story: a station answers questions from its timetable under a read lock. A question without a
 * name is turned away before the timetable is looked at.
 * Wrong: after the first such question no new timetable can be entered: the office waits for ever,
 * though nobody reads.
 * Why: the early exit jumps to the label that unlocks. Unlocking a lock that the thread does not
 * hold is undefined; glibc takes one reader off a count of none, and the office waits for readers
 * who are not there.
 * Fix: the label stands behind the unlock.
 * Roadmap: Lock
 * CWE: CWE-832 Unlock of a Resource that is not Locked
 * CERT: MEM12-C
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

enum { LINES = 2 };

static pthread_rwlock_t timetable = PTHREAD_RWLOCK_INITIALIZER; /* guards lines */
static struct line {
    const char *to;
    int minute;
} lines[LINES] = {{"harbour", 10}, {"airport", 40}};

static int ask(const char *to, int *minute)
{
    int error = -EINVAL;

    if (!*to)
        goto out;
    error = -ENOENT;
    pthread_rwlock_rdlock(&timetable);
    for (int i = 0; i < LINES; i++) {
        if (strcmp(lines[i].to, to) == 0) {
            *minute = lines[i].minute;
            error = 0;
        }
    }
out:
    pthread_rwlock_unlock(&timetable); /* bug: misuse(timetable)
        ; tsan, tsan-gcc blind: they take the unlock of what has no writer for a reader's, and count
        no readers */
    return error;
}

static void *enter_summer_times(void *arg)
{
    (void)arg;
    pthread_rwlock_wrlock(&timetable); /* bug: hang(timetable);
        explore blind: glibc's lock is in disorder and blocks, though nobody holds it */
    for (int i = 0; i < LINES; i++)
        lines[i].minute += 5;
    pthread_rwlock_unlock(&timetable);
    return NULL;
}

int main(void)
{
    pthread_t office;
    int minute = 0;
    int turned_away = ask("", &minute);

    pthread_create(&office, NULL, enter_summer_times, NULL);
    pthread_setname_np(office, "office");
    pthread_join(office, NULL); /* bug: hang(timetable) */
    int answered = ask("airport", &minute);

    assert(turned_away == -EINVAL && answered == 0 && minute == 45);
    return 0;
}
