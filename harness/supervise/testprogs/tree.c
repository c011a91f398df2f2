/* tree HOW [FIFO]: makes processes that would rather stay. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void stay(void)
{
    for (;;)
        pause();
}

/* Says that it is there before its starter may go on. */
static void start_and_hear(void (*run)(int ready))
{
    int ends[2];
    char byte;
    (void)!pipe(ends);
    if (fork() == 0) {
        close(ends[0]);
        run(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    (void)!read(ends[0], &byte, 1);
    close(ends[0]);
}

static void ready_and_stay(int ready)
{
    (void)!write(ready, "r", 1);
    stay();
}

static void daemonise(int ready)
{
    setsid();
    if (fork() > 0)
        _exit(0);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    ready_and_stay(ready);
}

static void stubborn(int ready)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    ready_and_stay(ready);
}

/* Every process forks as long as fewer than MOST live; one in eight forks ends its parent, and every
 * other child is in a group of its own. TOTAL is far above what is needed and keeps the storm from
 * going on for ever should it get away. */
static void storm(void)
{
    enum { MOST = 100, TOTAL = 30000 };
    atomic_int *shared =
        mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    atomic_int *living = &shared[0];
    atomic_int *forked = &shared[1];
    signal(SIGCHLD, SIG_IGN);
    for (unsigned round = 0; atomic_load(forked) < TOTAL; round++) {
        if (atomic_fetch_add(living, 1) >= MOST) {
            atomic_fetch_sub(living, 1);
            sched_yield();
            continue;
        }
        atomic_fetch_add(forked, 1);
        pid_t child = fork();
        if (child < 0)
            break;
        if (child == 0 && round % 2)
            setpgid(0, 0);
        if (child > 0 && round % 8 == 7)
            break;
    }
    atomic_fetch_sub(living, 1);
    _exit(0);
}

/* One process at any time, each in a session of its own and gone as soon as the next is there. The
 * count is far above what is needed, as above. */
static void runaway(void)
{
    for (long generation = 0; generation < 300000; generation++) {
        pid_t child = fork();
        if (child > 0)
            _exit(0);
        if (child == 0)
            setsid();
    }
    _exit(0);
}

/* Whoever of the two is left starts the other anew. */
static void respawn(void)
{
    for (;;) {
        pid_t child = fork();
        if (child == 0) {
            setsid();
            stay();
        }
        waitpid(child, NULL, 0);
    }
}

/* Lets whoever reads the FIFO know that the tree stands. It sleeps, so that it is no hang. */
static void announce(const char *fifo)
{
    start_and_hear(daemonise);
    start_and_hear(stubborn);
    int fd = open(fifo, O_WRONLY | O_CLOEXEC);
    (void)!write(fd, "r", 1);
    close(fd);
    for (;;)
        sleep(1000);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    pid_t keeper = getppid();
    if (strcmp(how, "announce") == 0) {
        announce(argv[2]);
    } else if (strcmp(how, "daemon") == 0) {
        start_and_hear(daemonise);
    } else if (strcmp(how, "stubborn") == 0) {
        start_and_hear(stubborn);
    } else if (strcmp(how, "storm") == 0) {
        if (fork() == 0)
            storm();
        const struct timespec head_start = {0, 200000000};
        nanosleep(&head_start, NULL);
    } else if (strcmp(how, "runaway") == 0) {
        if (fork() == 0)
            runaway();
        const struct timespec head_start = {0, 50000000};
        nanosleep(&head_start, NULL);
    } else if (strcmp(how, "respawn") == 0) {
        respawn();
    } else if (strcmp(how, "kill-keeper") == 0) {
        start_and_hear(daemonise);
        start_and_hear(stubborn);
        kill(keeper, SIGKILL);
        stay();
    } else if (strcmp(how, "kill-group") == 0) {
        start_and_hear(daemonise);
        kill(-getpgid(keeper), SIGKILL);
        stay();
    } else if (strcmp(how, "term-keeper") == 0) {
        kill(keeper, SIGTERM);
        return 5;
    } else if (strcmp(how, "stop-keeper") == 0) {
        kill(keeper, SIGSTOP);
        stay();
    } else if (strcmp(how, "kill-session") == 0) {
        kill(0, SIGKILL);
    }
    return 0;
}
