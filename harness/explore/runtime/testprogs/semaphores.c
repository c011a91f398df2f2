/* Semaphores. */
#include "subject.h"

#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static sem_t semaphore;

static int answers(void)
{
    int value;
    TELL_ERRNO(sem_init(&semaphore, 0, 0x80000000u));
    TELL_ERRNO(sem_init(&semaphore, 0, 2));
    TELL_ERRNO(sem_wait(&semaphore));
    TELL_ERRNO(sem_trywait(&semaphore));
    TELL_ERRNO(sem_trywait(&semaphore));
    TELL_ERRNO(sem_timedwait(&semaphore, &past));
    TELL_ERRNO(sem_timedwait(&semaphore, &invalid));
    TELL_ERRNO(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &past));
    TELL_ERRNO(sem_clockwait(&semaphore, CLOCK_REALTIME, &past));
    TELL_ERRNO(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &invalid));
    TELL_ERRNO(sem_clockwait(&semaphore, CLOCK_TAI, &past));
    TELL_ERRNO(sem_post(&semaphore));
    TELL_ERRNO(sem_post(&semaphore));
    TELL_ERRNO(sem_post(&semaphore));
    TELL_ERRNO(sem_timedwait(&semaphore, &past));
    TELL_ERRNO(sem_timedwait(&semaphore, &invalid));
    TELL_ERRNO(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &past));
    TELL_ERRNO(sem_getvalue(&semaphore, &value));
    printf("value %d\n", value);
    TELL_ERRNO(sem_destroy(&semaphore));
    TELL_ERRNO(sem_init(&semaphore, 0, SEM_VALUE_MAX));
    TELL_ERRNO(sem_post(&semaphore));
    TELL_ERRNO(sem_destroy(&semaphore));
    return 0;
}

static int posted, taken;

static void *posts(void *unused)
{
    posted++;
    CHECK(sem_post(&semaphore) == 0);
    return unused;
}

static void *takes(void *unused)
{
    CHECK(sem_wait(&semaphore) == 0);
    taken++;
    CHECK(taken <= posted);
    return unused;
}

static int hands_on(void)
{
    pthread_t threads[4];
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    for (int i = 0; i < 4; i++)
        threads[i] = make(i % 2 ? posts : takes, NULL);
    for (int i = 0; i < 4; i++)
        join(threads[i]);
    CHECK(taken == 2);
    return 0;
}

static int too_few(void)
{
    CHECK(sem_init(&semaphore, 0, 1) == 0);
    posted = 2;
    pthread_t thread = make(takes, NULL);
    CHECK(sem_wait(&semaphore) == 0);
    join(thread);
    return 0;
}

static int result, error;

static void *waits_timed(void *unused)
{
    result = sem_timedwait(&semaphore, &far);
    error = errno;
    return unused;
}

static int timed(void)
{
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    pthread_t thread = make(waits_timed, NULL);
    CHECK(sem_post(&semaphore) == 0);
    join(thread);
    CHECK(result == 0 || error == ETIMEDOUT);
    return result != 0;
}

static int timed_out(void)
{
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    in_other(waits_timed, NULL);
    CHECK(result == -1 && error == ETIMEDOUT);
    return 0;
}

static void *tries(void *unused)
{
    result = sem_trywait(&semaphore);
    error = errno;
    return unused;
}

static int tried(void)
{
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    pthread_t thread = make(tries, NULL);
    CHECK(sem_post(&semaphore) == 0);
    join(thread);
    CHECK(result == 0 || error == EAGAIN);
    return result != 0;
}

static void handle(int number)
{
    (void)number;
    CHECK(sem_post(&semaphore) == 0);
}

static void *raises(void *unused)
{
    CHECK(raise(SIGUSR1) == 0);
    return unused;
}

static int by_handler(void)
{
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    CHECK(signal(SIGUSR1, handle) != SIG_ERR);
    pthread_t thread = make(raises, NULL);
    CHECK(sem_wait(&semaphore) == 0);
    join(thread);
    return 0;
}

static int named(void)
{
    static const char name[] = "/racelab-explore-semaphores";
    sem_unlink(name);
    TELL_ERRNO(sem_open(name, 0) == SEM_FAILED);
    sem_t *made = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
    sem_t *again = sem_open(name, O_CREAT, 0600, 1);
    CHECK(made != SEM_FAILED);
    printf("%d\n", made == again);
    TELL_ERRNO(sem_wait(made));
    TELL_ERRNO(sem_trywait(again));
    TELL_ERRNO(sem_post(again));
    TELL_ERRNO(sem_timedwait(made, &past));
    TELL_ERRNO(sem_close(again));
    TELL_ERRNO(sem_close(made));
    TELL_ERRNO(sem_unlink(name));
    return 0;
}

/* A child, which goes freely, posts after a while. */
static int shared(void)
{
    sem_t *made =
        mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(made != MAP_FAILED && sem_init(made, 1, 0) == 0);
    pid_t child = fork();
    if (child == 0) {
        usleep(20000);
        CHECK(sem_post(made) == 0);
        _exit(0);
    }
    CHECK(sem_wait(made) == 0);
    CHECK(waitpid(child, NULL, 0) == child);
    return 0;
}

/* Nobody else has it: to wait for it is a deadlock like any other. */
static int shared_alone(void)
{
    CHECK(sem_init(&semaphore, 1, 0) == 0);
    return sem_wait(&semaphore);
}

static void prepare_destroyed(void)
{
    CHECK(sem_init(&semaphore, 0, 1) == 0);
    CHECK(sem_destroy(&semaphore) == 0);
}

static int waited_destroyed(void)
{
    prepare_destroyed();
    return sem_wait(&semaphore);
}

static int tried_destroyed(void)
{
    prepare_destroyed();
    return sem_trywait(&semaphore);
}

static int posted_destroyed(void)
{
    prepare_destroyed();
    return sem_post(&semaphore);
}

static int destroyed_twice(void)
{
    prepare_destroyed();
    return sem_destroy(&semaphore);
}

static int destroyed_waited(void)
{
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    pthread_t thread = make(takes, NULL);
    CHECK(sem_destroy(&semaphore) == 0);
    join(thread);
    return 0;
}

static int made_anew(void)
{
    prepare_destroyed();
    CHECK(sem_init(&semaphore, 0, 1) == 0);
    CHECK(sem_wait(&semaphore) == 0);
    return 0;
}

static void *cancelled_wait(void *unused)
{
    sem_wait(&semaphore);
    return unused;
}

static int cancelled(void)
{
    void *value;
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    pthread_t thread = make(cancelled_wait, NULL);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &value) == 0);
    CHECK(value == PTHREAD_CANCELED);
    return 0;
}

MODES({"answers", answers}, {"hands-on", hands_on}, {"too-few", too_few}, {"timed", timed},
      {"timed-out", timed_out}, {"tried", tried}, {"by-handler", by_handler}, {"named", named},
      {"shared", shared}, {"shared-alone", shared_alone}, {"waited-destroyed", waited_destroyed},
      {"tried-destroyed", tried_destroyed}, {"posted-destroyed", posted_destroyed},
      {"destroyed-twice", destroyed_twice}, {"destroyed-waited", destroyed_waited},
      {"made-anew", made_anew}, {"cancelled", cancelled})
