/* served WAY [ARGUMENT]: a program that is run again and again, for the tests of the server and the session. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t right = PTHREAD_MUTEX_INITIALIZER;
static int balance = 100;
static volatile bool for_ever = true;

static void *left_then_right(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&left);
    pthread_mutex_lock(&right);
    pthread_mutex_unlock(&right);
    pthread_mutex_unlock(&left);
    return NULL;
}

static void *right_then_left(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&right);
    pthread_mutex_lock(&left);
    pthread_mutex_unlock(&left);
    pthread_mutex_unlock(&right);
    return NULL;
}

/* Read and written in two critical sections. */
static void *withdraw(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&left);
    int seen = balance;
    pthread_mutex_unlock(&left);
    pthread_mutex_lock(&left);
    balance = seen - 10;
    pthread_mutex_unlock(&left);
    return NULL;
}

static void *withdraw_at_once(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&left);
    balance -= 10;
    pthread_mutex_unlock(&left);
    return NULL;
}

static void in_two_threads(void *(*one)(void *), void *(*other)(void *))
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, one, NULL);
    pthread_create(&threads[1], NULL, other, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

/* A process that nobody waits for, that has left its session and minds no signal but SIGKILL. */
static void go_away(const char *file)
{
    int told[2];
    char byte;
    if (pipe(told) != 0)
        exit(3);
    if (fork() == 0) {
        if (fork() == 0) {
            setsid();
            for (int number = 1; number < NSIG; number++)
                signal(number, SIG_IGN);
            FILE *out = fopen(file, "we");
            if (out) {
                fprintf(out, "%d\n", (int)getpid());
                fclose(out);
            }
            (void)!write(told[1], "x", 1);
            while (for_ever)
                pause();
        }
        _exit(0);
    }
    (void)!read(told[0], &byte, 1);
}

static void *idle(void *unused)
{
    while (for_ever)
        pause();
    return unused;
}

/* A program that has a thread before main. */
__attribute__((constructor)) static void early(int argc, char **argv)
{
    pthread_t thread;
    if (argc > 1 && strcmp(argv[1], "early") == 0)
        pthread_create(&thread, NULL, idle, NULL);
}

static void flood(void)
{
    for (int i = 0; i < 1 << 20; i++)
        puts("0123456789012345678901234567890123456789");
}

static int count_input(void)
{
    int count = 0;
    while (getchar() != EOF)
        count++;
    return count;
}

/* Whether the parent runs this program, too. */
static bool parent_is_twin(void)
{
    char link[32];
    char own[4096] = "";
    char other[4096] = "";
    snprintf(link, sizeof(link), "/proc/%d/exe", (int)getppid());
    return readlink("/proc/self/exe", own, sizeof(own) - 1) > 0 &&
           readlink(link, other, sizeof(other) - 1) > 0 && strcmp(own, other) == 0;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    const char *argument = argc > 2 ? argv[2] : "0";
    if (strcmp(way, "exit") == 0)
        return atoi(argument); /* NOLINT(cert-err34-c): the tests' own */
    if (strcmp(way, "early") == 0)
        _exit(4);
    if (strcmp(way, "deadlock") == 0)
        in_two_threads(left_then_right, right_then_left);
    if (strcmp(way, "order") == 0)
        in_two_threads(left_then_right, left_then_right);
    if (strcmp(way, "bank") == 0)
        in_two_threads(withdraw, withdraw);
    if (strcmp(way, "right") == 0)
        in_two_threads(withdraw_at_once, withdraw_at_once);
    if (strcmp(way, "bank") == 0 || strcmp(way, "right") == 0)
        assert(balance == 80);
    if (strcmp(way, "bank-status") == 0) {
        in_two_threads(withdraw, withdraw);
        return balance == 80 ? 0 : 9;
    }
    if (strcmp(way, "abort") == 0)
        abort();
    if (strcmp(way, "die") == 0)
        raise(SIGKILL);
    if (strcmp(way, "spin") == 0) {
        FILE *out = fopen(argument, "we");
        if (out) {
            fprintf(out, "%d\n", (int)getpid());
            fclose(out);
        }
        for (int number = 1; number < NSIG; number++)
            signal(number, SIG_IGN);
        while (for_ever)
            ;
    }
    if (strcmp(way, "away") == 0)
        go_away(argument);
    if (strcmp(way, "flood") == 0)
        flood();
    if (strcmp(way, "kill-parent") == 0 && getppid() != 1)
        kill(getppid(), SIGKILL);
    if (strcmp(way, "kill-twin") == 0 && parent_is_twin())
        kill(getppid(), SIGKILL);
    if (strcmp(way, "input") == 0)
        return count_input();
    return 0;
}
