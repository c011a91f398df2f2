/* checked WAY [NUMBER]: somebody's program, for the tests of `racelab check`. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int hits;
static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t right = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both_hold;
static volatile sig_atomic_t signalled;

static void *hit(void *unused)
{
    (void)unused;
    hits++;
    return NULL;
}

static void *hit_locked(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&left);
    hits++;
    pthread_mutex_unlock(&left);
    return NULL;
}

static void in_two_threads(void *(*work)(void *))
{
    pthread_t first;
    pthread_t second;
    pthread_create(&first, NULL, work, NULL);
    pthread_create(&second, NULL, work, NULL);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
}

static void *left_then_right(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&left);
    pthread_barrier_wait(&both_hold);
    pthread_mutex_lock(&right);
    return NULL;
}

static void *right_then_left(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&right);
    pthread_barrier_wait(&both_hold);
    pthread_mutex_lock(&left);
    return NULL;
}

static void deadlock(void)
{
    pthread_t thread;
    pthread_barrier_init(&both_hold, NULL, 2);
    pthread_create(&thread, NULL, left_then_right, NULL);
    right_then_left(NULL);
}

static void on_signal(int number)
{
    signalled = number;
}

static void in_child(void *(*work)(void *))
{
    pid_t child = fork();
    if (child == 0) {
        in_two_threads(work);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void print_megabytes(int count)
{
    static char block[1 << 20];
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < count; i++)
        fwrite(block, 1, sizeof(block), i % 2 ? stdout : stderr);
}

static bool reads(const char *wanted)
{
    char line[64] = "";
    return fgets(line, sizeof(line), stdin) && strcmp(line, wanted) == 0;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    const char *setting = getenv("CHECKED");
    if (strcmp(way, "race") == 0) {
        in_two_threads(hit);
    } else if (strcmp(way, "deadlock") == 0) {
        deadlock();
    } else if (strcmp(way, "race-and-deadlock") == 0) {
        in_two_threads(hit);
        deadlock();
    } else if (strcmp(way, "race-in-child") == 0) {
        in_child(hit);
    } else if (strcmp(way, "race-for-ever") == 0) {
        in_two_threads(hit);
        for (;;)
            sleep(1);
    } else if (strcmp(way, "assert") == 0) {
        in_two_threads(hit_locked);
        assert(hits == number);
    } else if (strcmp(way, "crash") == 0) {
        raise(SIGSEGV);
    } else if (strcmp(way, "signal") == 0) {
        signal(SIGTERM, on_signal);
        in_two_threads(hit_locked);
        raise(SIGTERM);
        return signalled == SIGTERM ? 0 : 1;
    } else if (strcmp(way, "leave-a-child") == 0) {
        in_two_threads(hit_locked);
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            for (;;)
                pause();
        }
    } else if (strcmp(way, "print") == 0) {
        in_two_threads(hit_locked);
        print_megabytes(number);
    } else if (strcmp(way, "status") == 0) {
        in_two_threads(hit_locked);
        return number;
    } else if (strcmp(way, "given") == 0) {
        in_two_threads(hit_locked);
        return reads("from a file\n") && setting && strcmp(setting, "a value") == 0 ? 0 : 1;
    } else {
        in_two_threads(hit_locked);
    }
    return 0;
}
