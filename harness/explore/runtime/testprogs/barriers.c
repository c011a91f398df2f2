/* Barriers. */
#include "subject.h"

#include <limits.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { THREADS = 3, ROUNDS = 3 };

static pthread_barrier_t barrier;

static int answers(void)
{
    TELL(pthread_barrier_init(&barrier, NULL, 0));
    TELL(pthread_barrier_init(&barrier, NULL, UINT_MAX));
    TELL(pthread_barrier_init(&barrier, NULL, 1));
    TELL(pthread_barrier_wait(&barrier));
    TELL(pthread_barrier_wait(&barrier));
    TELL(pthread_barrier_destroy(&barrier));
    TELL(pthread_barrier_init(&barrier, NULL, 1));
    TELL(pthread_barrier_wait(&barrier));
    TELL(pthread_barrier_destroy(&barrier));
    return 0;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int arrived[ROUNDS], serial[ROUNDS], serial_of[ROUNDS];

static void *goes_round(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        arrived[i]++;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
        int result = pthread_barrier_wait(&barrier);
        CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
        CHECK(arrived[i] == THREADS);
        if (result != 0) {
            serial[i]++;
            serial_of[i] = (int)(long)number;
        }
    }
    return NULL;
}

/* One alone is told so in each round; which it is in the first is the status. */
static int rounds(void)
{
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (long i = 0; i < THREADS; i++)
        threads[i] = make(goes_round, (void *)i);
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
    for (int i = 0; i < ROUNDS; i++)
        CHECK(serial[i] == 1);
    CHECK(pthread_barrier_destroy(&barrier) == 0);
    return serial_of[0];
}

static void *waits(void *unused)
{
    pthread_barrier_wait(&barrier);
    return unused;
}

static int too_few(void)
{
    CHECK(pthread_barrier_init(&barrier, NULL, 3) == 0);
    pthread_t thread = make(waits, NULL);
    pthread_barrier_wait(&barrier);
    join(thread);
    return 0;
}

static void *waits_and_destroys(void *unused)
{
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
        CHECK(pthread_barrier_destroy(&barrier) == 0);
        memset(&barrier, 0x55, sizeof barrier);
    }
    return unused;
}

/* By the first to leave, while the others still do: glibc's own waits for them. */
static int destroyed_behind(void)
{
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++)
        threads[i] = make(waits_and_destroys, NULL);
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
    return 0;
}

static void two_wait(void)
{
    CHECK(pthread_barrier_init(&barrier, NULL, 3) == 0);
    make(waits, NULL);
    make(waits, NULL);
}

static int destroyed_waited(void)
{
    two_wait();
    pthread_barrier_destroy(&barrier);
    return 0;
}

static int made_anew_waited(void)
{
    two_wait();
    pthread_barrier_init(&barrier, NULL, 3);
    return 0;
}

static int waited_destroyed(void)
{
    CHECK(pthread_barrier_init(&barrier, NULL, 1) == 0);
    CHECK(pthread_barrier_destroy(&barrier) == 0);
    return pthread_barrier_wait(&barrier);
}

static int destroyed_twice(void)
{
    CHECK(pthread_barrier_init(&barrier, NULL, 1) == 0);
    CHECK(pthread_barrier_destroy(&barrier) == 0);
    return pthread_barrier_destroy(&barrier);
}

/* With a child, which goes freely. */
static int shared(void)
{
    pthread_barrierattr_t attributes;
    pthread_barrier_t *made =
        mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(pthread_barrierattr_init(&attributes) == 0);
    CHECK(pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(made != MAP_FAILED && pthread_barrier_init(made, &attributes, 2) == 0);
    pid_t child = fork();
    int result = pthread_barrier_wait(made);
    CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
    if (child == 0)
        _exit(0);
    CHECK(waitpid(child, NULL, 0) == child);
    return 0;
}

MODES({"answers", answers}, {"rounds", rounds}, {"too-few", too_few},
      {"destroyed-behind", destroyed_behind}, {"destroyed-waited", destroyed_waited},
      {"made-anew-waited", made_anew_waited}, {"waited-destroyed", waited_destroyed},
      {"destroyed-twice", destroyed_twice}, {"shared", shared})
