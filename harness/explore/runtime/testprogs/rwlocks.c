/* Read-write locks. */
#include "subject.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void prepare(int kind)
{
    pthread_rwlockattr_t attributes;
    CHECK(pthread_rwlockattr_init(&attributes) == 0);
    CHECK(pthread_rwlockattr_setkind_np(&attributes, kind) == 0);
    CHECK(pthread_rwlock_init(&lock, &attributes) == 0);
}

static void *answers_other(void *unused)
{
    int result;
    TELL(result = pthread_rwlock_tryrdlock(&lock));
    if (result == 0)
        TELL(pthread_rwlock_unlock(&lock));
    TELL(pthread_rwlock_trywrlock(&lock));
    TELL(result = pthread_rwlock_timedrdlock(&lock, &past));
    if (result == 0)
        TELL(pthread_rwlock_unlock(&lock));
    TELL(pthread_rwlock_timedrdlock(&lock, &invalid));
    TELL(result = pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &past));
    if (result == 0)
        TELL(pthread_rwlock_unlock(&lock));
    TELL(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &invalid));
    TELL(pthread_rwlock_clockrdlock(&lock, CLOCK_TAI, &past));
    TELL(pthread_rwlock_timedwrlock(&lock, &past));
    TELL(pthread_rwlock_timedwrlock(&lock, &invalid));
    TELL(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &past));
    TELL(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &invalid));
    TELL(pthread_rwlock_clockwrlock(&lock, CLOCK_TAI, &past));
    return unused;
}

static int answers(void)
{
    static const int kinds[] = {PTHREAD_RWLOCK_PREFER_READER_NP, PTHREAD_RWLOCK_PREFER_WRITER_NP,
                                PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP};
    for (int kind = 0; kind < 3; kind++) {
        prepare(kinds[kind]);
        TELL(pthread_rwlock_rdlock(&lock));
        in_other(answers_other, NULL);
        TELL(pthread_rwlock_rdlock(&lock));
        TELL(pthread_rwlock_tryrdlock(&lock));
        TELL(pthread_rwlock_trywrlock(&lock));
        TELL(pthread_rwlock_timedwrlock(&lock, &past));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_wrlock(&lock));
        in_other(answers_other, NULL);
        TELL(pthread_rwlock_wrlock(&lock));
        TELL(pthread_rwlock_rdlock(&lock));
        TELL(pthread_rwlock_tryrdlock(&lock));
        TELL(pthread_rwlock_trywrlock(&lock));
        TELL(pthread_rwlock_timedrdlock(&lock, &past));
        TELL(pthread_rwlock_timedwrlock(&lock, &past));
        TELL(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &past));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_timedrdlock(&lock, &past));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_timedwrlock(&lock, &past));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_timedwrlock(&lock, &invalid));
        TELL(pthread_rwlock_clockrdlock(&lock, CLOCK_REALTIME, &invalid));
        TELL(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &far));
        TELL(pthread_rwlock_unlock(&lock));
        TELL(pthread_rwlock_destroy(&lock));
    }
    return 0;
}

static _Atomic int reading, most;
static int writing;

static void *reads(void *unused)
{
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    CHECK(writing == 0);
    if (++reading > most)
        most = reading;
    pthread_rwlock_t other = PTHREAD_RWLOCK_INITIALIZER;
    CHECK(pthread_rwlock_tryrdlock(&other) == 0);
    CHECK(pthread_rwlock_unlock(&other) == 0);
    CHECK(writing == 0);
    reading--;
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    return unused;
}

static void *writes(void *unused)
{
    pthread_rwlock_t other = PTHREAD_RWLOCK_INITIALIZER;
    CHECK(pthread_rwlock_wrlock(&lock) == 0);
    CHECK(writing++ == 0 && reading == 0);
    CHECK(pthread_rwlock_tryrdlock(&other) == 0);
    CHECK(writing-- == 1 && reading == 0);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    return unused;
}

/* How many have read at once. */
static int excludes(int kind)
{
    void *(*const functions[])(void *) = {reads, writes, reads, writes};
    pthread_t threads[4];
    prepare(kind);
    for (int i = 0; i < 4; i++)
        threads[i] = make(functions[i], NULL);
    for (int i = 0; i < 4; i++)
        join(threads[i]);
    return most;
}

static int excludes_readers_first(void)
{
    return excludes(PTHREAD_RWLOCK_PREFER_READER_NP);
}

static int excludes_writers_first(void)
{
    return excludes(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
}

/* A writer may come between the two. */
static int reads_twice(int kind)
{
    prepare(kind);
    pthread_t thread = make(writes, NULL);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    join(thread);
    return 0;
}

static int reads_twice_readers_first(void)
{
    return reads_twice(PTHREAD_RWLOCK_PREFER_READER_NP);
}

static int reads_twice_writers_first(void)
{
    return reads_twice(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
}

static int try_behind_writer(void)
{
    prepare(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_t thread = make(writes, NULL);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    int result = pthread_rwlock_tryrdlock(&lock);
    CHECK(result == 0 || result == EBUSY);
    if (result == 0)
        CHECK(pthread_rwlock_unlock(&lock) == 0);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    join(thread);
    return result == EBUSY;
}

static int upgrades(void)
{
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    return pthread_rwlock_wrlock(&lock);
}

static int result;

static void *writes_timed(void *unused)
{
    result = pthread_rwlock_timedwrlock(&lock, &far);
    if (result == 0)
        CHECK(pthread_rwlock_unlock(&lock) == 0);
    return unused;
}

static void *reads_timed(void *unused)
{
    result = pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &far);
    if (result == 0)
        CHECK(pthread_rwlock_unlock(&lock) == 0);
    return unused;
}

static int timed_write(void)
{
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    pthread_t thread = make(writes_timed, NULL);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    join(thread);
    return result == ETIMEDOUT;
}

static int timed_read(void)
{
    CHECK(pthread_rwlock_wrlock(&lock) == 0);
    pthread_t thread = make(reads_timed, NULL);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    join(thread);
    return result == ETIMEDOUT;
}

/* The writer gives up, and no longer keeps readers out. */
static int timed_writers_first(void)
{
    prepare(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    in_other(writes_timed, NULL);
    CHECK(result == ETIMEDOUT);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    return 0;
}

static int read_destroyed(void)
{
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    return pthread_rwlock_rdlock(&lock);
}

static int written_destroyed(void)
{
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    return pthread_rwlock_wrlock(&lock);
}

static int tried_destroyed(void)
{
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    return pthread_rwlock_trywrlock(&lock);
}

static int unlocked_destroyed(void)
{
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    return pthread_rwlock_unlock(&lock);
}

static int destroyed_twice(void)
{
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    return pthread_rwlock_destroy(&lock);
}

static int destroyed_read(void)
{
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    return pthread_rwlock_destroy(&lock);
}

static int destroyed_written(void)
{
    CHECK(pthread_rwlock_wrlock(&lock) == 0);
    return pthread_rwlock_destroy(&lock);
}

static int made_anew(void)
{
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    CHECK(pthread_rwlock_wrlock(&lock) == 0);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    CHECK(pthread_rwlock_destroy(&lock) == 0);
    prepare(0);
    CHECK(pthread_rwlock_rdlock(&lock) == 0);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    return 0;
}

MODES({"answers", answers}, {"excludes-readers-first", excludes_readers_first},
      {"excludes-writers-first", excludes_writers_first},
      {"reads-twice-readers-first", reads_twice_readers_first},
      {"reads-twice-writers-first", reads_twice_writers_first},
      {"try-behind-writer", try_behind_writer}, {"upgrades", upgrades},
      {"timed-write", timed_write}, {"timed-read", timed_read},
      {"timed-writers-first", timed_writers_first}, {"read-destroyed", read_destroyed},
      {"written-destroyed", written_destroyed}, {"tried-destroyed", tried_destroyed},
      {"unlocked-destroyed", unlocked_destroyed}, {"destroyed-twice", destroyed_twice},
      {"destroyed-read", destroyed_read}, {"destroyed-written", destroyed_written},
      {"made-anew", made_anew})
