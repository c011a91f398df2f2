/* Spin locks. */
#include "subject.h"

static pthread_spinlock_t lock, other;

static int answers(void)
{
    TELL(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE));
    TELL(pthread_spin_lock(&lock));
    TELL(pthread_spin_trylock(&lock));
    TELL(pthread_spin_unlock(&lock));
    TELL(pthread_spin_trylock(&lock));
    TELL(pthread_spin_unlock(&lock));
    TELL(pthread_spin_destroy(&lock));
    TELL(pthread_spin_init(&lock, PTHREAD_PROCESS_SHARED));
    TELL(pthread_spin_trylock(&lock));
    TELL(pthread_spin_unlock(&lock));
    TELL(pthread_spin_destroy(&lock));
    return 0;
}

static void prepare(void)
{
    CHECK(pthread_spin_init(&lock, 0) == 0);
    CHECK(pthread_spin_init(&other, 0) == 0);
}

static int inside, times;

static void *enters(void *unused)
{
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_spin_lock(&lock) == 0);
        CHECK(inside++ == 0);
        CHECK(pthread_spin_trylock(&other) == 0);
        CHECK(pthread_spin_unlock(&other) == 0);
        CHECK(--inside == 0);
        times++;
        CHECK(pthread_spin_unlock(&lock) == 0);
    }
    return unused;
}

static int excludes(void)
{
    pthread_t threads[3];
    prepare();
    for (int i = 0; i < 3; i++)
        threads[i] = make(enters, NULL);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    CHECK(times == 9);
    return 0;
}

static int relocks(void)
{
    prepare();
    CHECK(pthread_spin_lock(&lock) == 0);
    return pthread_spin_lock(&lock);
}

static void *locks_other_way(void *unused)
{
    CHECK(pthread_spin_lock(&other) == 0);
    CHECK(pthread_spin_lock(&lock) == 0);
    CHECK(pthread_spin_unlock(&lock) == 0);
    CHECK(pthread_spin_unlock(&other) == 0);
    return unused;
}

static int inverts(void)
{
    prepare();
    pthread_t thread = make(locks_other_way, NULL);
    CHECK(pthread_spin_lock(&lock) == 0);
    CHECK(pthread_spin_lock(&other) == 0);
    CHECK(pthread_spin_unlock(&other) == 0);
    CHECK(pthread_spin_unlock(&lock) == 0);
    join(thread);
    return 0;
}

static int result;

static void *tries(void *unused)
{
    result = pthread_spin_trylock(&lock);
    if (result == 0)
        CHECK(pthread_spin_unlock(&lock) == 0);
    return unused;
}

static int tried(void)
{
    prepare();
    pthread_t thread = make(tries, NULL);
    CHECK(pthread_spin_lock(&lock) == 0);
    CHECK(pthread_spin_unlock(&lock) == 0);
    join(thread);
    CHECK(result == 0 || result == EBUSY);
    return result == EBUSY;
}

static int destroyed_held(void)
{
    prepare();
    CHECK(pthread_spin_lock(&lock) == 0);
    return pthread_spin_destroy(&lock);
}

static void prepare_destroyed(void)
{
    prepare();
    CHECK(pthread_spin_destroy(&lock) == 0);
}

static int locked_destroyed(void)
{
    prepare_destroyed();
    return pthread_spin_lock(&lock);
}

static int tried_destroyed(void)
{
    prepare_destroyed();
    return pthread_spin_trylock(&lock);
}

static int unlocked_destroyed(void)
{
    prepare_destroyed();
    return pthread_spin_unlock(&lock);
}

static int destroyed_twice(void)
{
    prepare_destroyed();
    return pthread_spin_destroy(&lock);
}

static int made_anew(void)
{
    prepare_destroyed();
    prepare();
    CHECK(pthread_spin_lock(&lock) == 0);
    return 0;
}

MODES({"answers", answers}, {"excludes", excludes}, {"relocks", relocks}, {"inverts", inverts},
      {"tried", tried}, {"destroyed-held", destroyed_held}, {"locked-destroyed", locked_destroyed},
      {"tried-destroyed", tried_destroyed}, {"unlocked-destroyed", unlocked_destroyed},
      {"destroyed-twice", destroyed_twice}, {"made-anew", made_anew})
