/* Mutexes. */
#include "subject.h"

#include <sys/mman.h>
#include <sys/wait.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

struct kind {
    int type, robust, protocol, shared;
};

static void prepare(pthread_mutex_t *mutex, struct kind kind)
{
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_settype(&attributes, kind.type) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, kind.robust) == 0);
    CHECK(pthread_mutexattr_setprotocol(&attributes, kind.protocol) == 0);
    CHECK(pthread_mutexattr_setpshared(&attributes, kind.shared) == 0);
    CHECK(pthread_mutex_init(mutex, &attributes) == 0);
    CHECK(pthread_mutexattr_destroy(&attributes) == 0);
}

/* While another thread holds it. */
static void *answers_other(void *argument)
{
    pthread_mutex_t *mutex = argument;
    TELL(pthread_mutex_trylock(mutex));
    TELL(pthread_mutex_timedlock(mutex, &past));
    TELL(pthread_mutex_timedlock(mutex, &invalid));
    TELL(pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &past));
    TELL(pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &invalid));
    TELL(pthread_mutex_clocklock(mutex, CLOCK_PROCESS_CPUTIME_ID, &past));
    return NULL;
}

static void *unlocks(void *argument)
{
    TELL(pthread_mutex_unlock(argument));
    return NULL;
}

static void answers_of(pthread_mutex_t *mutex, struct kind kind)
{
    bool returns = kind.type == PTHREAD_MUTEX_RECURSIVE || kind.type == PTHREAD_MUTEX_ERRORCHECK;
    printf("type %d robust %d protocol %d shared %d\n", kind.type, kind.robust, kind.protocol,
           kind.shared);
    TELL(pthread_mutex_lock(mutex));
    in_other(answers_other, mutex);
    TELL(pthread_mutex_trylock(mutex));
    if (returns) {
        TELL(pthread_mutex_lock(mutex));
        TELL(pthread_mutex_timedlock(mutex, &past));
        TELL(pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &past));
        in_other(unlocks, mutex);
    }
    TELL(pthread_mutex_consistent(mutex));
    for (int i = 0; i < (kind.type == PTHREAD_MUTEX_RECURSIVE ? 5 : 1); i++)
        TELL(pthread_mutex_unlock(mutex));
    if (returns)
        TELL(pthread_mutex_unlock(mutex));
    TELL(pthread_mutex_timedlock(mutex, &past));
    TELL(pthread_mutex_unlock(mutex));
    TELL(pthread_mutex_timedlock(mutex, &invalid));
    TELL(pthread_mutex_unlock(mutex));
    TELL(pthread_mutex_clocklock(mutex, CLOCK_REALTIME, &far));
    TELL(pthread_mutex_unlock(mutex));
    TELL(pthread_mutex_clocklock(mutex, CLOCK_TAI, &far));
    TELL(pthread_mutex_trylock(mutex));
    if (!kind.robust)
        TELL(pthread_mutex_destroy(mutex));
    TELL(pthread_mutex_unlock(mutex));
    TELL(pthread_mutex_destroy(mutex));
    TELL(pthread_mutex_init(mutex, NULL));
    TELL(pthread_mutex_lock(mutex));
    TELL(pthread_mutex_unlock(mutex));
    TELL(pthread_mutex_destroy(mutex));
}

static void *locks_and_ends(void *mutex)
{
    CHECK(pthread_mutex_lock(mutex) == 0);
    return NULL;
}

static void owner_dies(struct kind kind)
{
    pthread_mutex_t mutex;
    prepare(&mutex, kind);
    in_other(locks_and_ends, &mutex);
    TELL(pthread_mutex_lock(&mutex));
    TELL(pthread_mutex_consistent(&mutex));
    TELL(pthread_mutex_unlock(&mutex));
    in_other(locks_and_ends, &mutex);
    TELL(pthread_mutex_trylock(&mutex));
    TELL(pthread_mutex_consistent(&mutex));
    TELL(pthread_mutex_unlock(&mutex));
    in_other(locks_and_ends, &mutex);
    TELL(pthread_mutex_timedlock(&mutex, &past));
    TELL(pthread_mutex_unlock(&mutex));
    TELL(pthread_mutex_lock(&mutex));
    TELL(pthread_mutex_trylock(&mutex));
    TELL(pthread_mutex_timedlock(&mutex, &past));
    TELL(pthread_mutex_destroy(&mutex));
}

static int answers(void)
{
    static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP};
    static const int protocols[] = {PTHREAD_PRIO_NONE, PTHREAD_PRIO_INHERIT};
    for (int type = 0; type < 4; type++) {
        for (int bits = 0; bits < 8; bits++) {
            struct kind kind = {types[type], bits & 1, protocols[bits >> 1 & 1], bits >> 2};
            pthread_mutex_t mutex;
            prepare(&mutex, kind);
            answers_of(&mutex, kind);
            if (kind.robust && kind.type != PTHREAD_MUTEX_ADAPTIVE_NP)
                owner_dies(kind);
        }
    }
    pthread_mutex_t protected;
    int old = -1;
    prepare(&protected, (struct kind){.protocol = PTHREAD_PRIO_PROTECT});
    TELL(pthread_mutex_setprioceiling(&protected, 1, &old));
    TELL(pthread_mutex_lock(&protected));
    TELL(pthread_mutex_trylock(&protected));
    TELL(pthread_mutex_setprioceiling(&first, 1, &old));
    pthread_mutex_t wrong;
    memset(&wrong, 0x6b, sizeof wrong);
    TELL(pthread_mutex_lock(&wrong));
    TELL(pthread_mutex_unlock(&wrong));
    return 0;
}

static int inside, most, times;

static void *enters(void *mutex)
{
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_mutex_lock(mutex) == 0);
        inside++;
        CHECK(pthread_mutex_trylock(&second) == 0);
        most = inside > most ? inside : most;
        CHECK(pthread_mutex_unlock(&second) == 0);
        inside--;
        times++;
        CHECK(pthread_mutex_unlock(mutex) == 0);
    }
    return NULL;
}

static int excludes_by(struct kind kind)
{
    pthread_mutex_t mutex;
    pthread_t threads[3];
    prepare(&mutex, kind);
    for (int i = 0; i < 3; i++)
        threads[i] = make(enters, &mutex);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    CHECK(most == 1 && times == 9);
    return 0;
}

static int excludes(void)
{
    return excludes_by((struct kind){.type = PTHREAD_MUTEX_NORMAL});
}

static int excludes_inheriting(void)
{
    return excludes_by((struct kind){.protocol = PTHREAD_PRIO_INHERIT, .robust = 1});
}

static int relocks_by(struct kind kind)
{
    prepare(&first, kind);
    CHECK(pthread_mutex_lock(&first) == 0);
    return pthread_mutex_lock(&first);
}

static int relocks(void)
{
    return relocks_by((struct kind){.type = PTHREAD_MUTEX_NORMAL});
}

static int relocks_adaptive(void)
{
    return relocks_by((struct kind){.type = PTHREAD_MUTEX_ADAPTIVE_NP});
}

static int relocks_robust(void)
{
    return relocks_by((struct kind){.robust = 1});
}

static int relocks_inheriting(void)
{
    return relocks_by((struct kind){.protocol = PTHREAD_PRIO_INHERIT});
}

static void *locks_other_way(void *unused)
{
    CHECK(pthread_mutex_lock(&second) == 0);
    CHECK(pthread_mutex_lock(&first) == 0);
    CHECK(pthread_mutex_unlock(&first) == 0);
    CHECK(pthread_mutex_unlock(&second) == 0);
    return unused;
}

static int inverts(void)
{
    pthread_t thread = make(locks_other_way, NULL);
    CHECK(pthread_mutex_lock(&first) == 0);
    CHECK(pthread_mutex_lock(&second) == 0);
    CHECK(pthread_mutex_unlock(&second) == 0);
    CHECK(pthread_mutex_unlock(&first) == 0);
    join(thread);
    return 0;
}

static int owner_ended(void)
{
    in_other(locks_and_ends, &first);
    return pthread_mutex_lock(&first);
}

static void *holds(void *unused)
{
    CHECK(pthread_mutex_lock(&first) == 0);
    CHECK(pthread_mutex_unlock(&first) == 0);
    return unused;
}

static int result;

static void *tries_until(void *unused)
{
    result = pthread_mutex_timedlock(&first, &far);
    if (result == 0)
        CHECK(pthread_mutex_unlock(&first) == 0);
    return unused;
}

/* 0: it could have the lock; 1: its time was over before that. */
static int timed(void)
{
    CHECK(pthread_mutex_lock(&first) == 0);
    pthread_t thread = make(tries_until, NULL);
    CHECK(pthread_mutex_unlock(&first) == 0);
    join(thread);
    CHECK(result == 0 || result == ETIMEDOUT);
    return result == ETIMEDOUT;
}

/* The owner waits for the thread, so its time must run out. */
static int timed_out(void)
{
    CHECK(pthread_mutex_lock(&first) == 0);
    in_other(tries_until, NULL);
    return result == ETIMEDOUT ? 1 : 99;
}

static void *tries(void *unused)
{
    result = pthread_mutex_trylock(&first);
    if (result == 0)
        CHECK(pthread_mutex_unlock(&first) == 0);
    return unused;
}

static int tried(void)
{
    pthread_t thread = make(tries, NULL);
    CHECK(pthread_mutex_lock(&first) == 0);
    CHECK(pthread_mutex_unlock(&first) == 0);
    join(thread);
    CHECK(result == 0 || result == EBUSY);
    return result == EBUSY;
}

static int locked_destroyed(void)
{
    CHECK(pthread_mutex_destroy(&first) == 0);
    return pthread_mutex_lock(&first);
}

static int unlocked_destroyed(void)
{
    CHECK(pthread_mutex_destroy(&first) == 0);
    return pthread_mutex_unlock(&first);
}

static int destroyed_twice(void)
{
    CHECK(pthread_mutex_destroy(&first) == 0);
    return pthread_mutex_destroy(&first);
}

/* Before the thread, or behind it, or while it is at it. */
static int destroyed_held(void)
{
    pthread_t thread = make(holds, NULL);
    pthread_mutex_destroy(&first);
    join(thread);
    return 0;
}

static int made_anew(void)
{
    CHECK(pthread_mutex_destroy(&first) == 0);
    first = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    CHECK(pthread_mutex_lock(&first) == 0);
    CHECK(pthread_mutex_unlock(&first) == 0);
    return 0;
}

/* A child, which goes freely, has it for a while. */
static int shared(void)
{
    pthread_mutex_t *mutex =
        mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ready[2];
    char byte;
    CHECK(mutex != MAP_FAILED && pipe(ready) == 0);
    prepare(mutex, (struct kind){.shared = 1});
    pid_t child = fork();
    if (child == 0) {
        CHECK(pthread_mutex_lock(mutex) == 0);
        CHECK(write(ready[1], "", 1) == 1);
        usleep(20000);
        CHECK(pthread_mutex_unlock(mutex) == 0);
        _exit(0);
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    pthread_t thread = make(holds, NULL);
    CHECK(pthread_mutex_lock(mutex) == 0);
    CHECK(pthread_mutex_unlock(mutex) == 0);
    join(thread);
    CHECK(waitpid(child, NULL, 0) == child);
    return 0;
}

MODES({"answers", answers}, {"excludes", excludes}, {"excludes-inheriting", excludes_inheriting},
      {"relocks", relocks}, {"relocks-adaptive", relocks_adaptive},
      {"relocks-robust", relocks_robust}, {"relocks-inheriting", relocks_inheriting},
      {"inverts", inverts}, {"owner-ended", owner_ended}, {"timed", timed},
      {"timed-out", timed_out}, {"tried", tried}, {"locked-destroyed", locked_destroyed},
      {"unlocked-destroyed", unlocked_destroyed}, {"destroyed-twice", destroyed_twice},
      {"destroyed-held", destroyed_held}, {"made-anew", made_anew}, {"shared", shared})
