/*
 * wake WAY [DIRECTORY]: waits in a way that ends by itself, and exits with 0 then.
 * wake --outside WAY DIRECTORY: the one outside that a WAY of looks_outside.c waits for.
 * wake --list: the names of all other ways, one a line.
 */
#include "looks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct look *const lists[] = {looks_timed,     looks_signals, looks_peers,
                                           looks_sockets,   looks_threads, looks_shared,
                                           looks_processes, looks_stopped};

enum { LISTS = sizeof lists / sizeof *lists, UNKNOWN = 99 };

void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "wake: not so: %s\n", what);
    fflush(stderr);
    _exit(1);
}

void rest(void)
{
    nanosleep(&while_, NULL);
}

void compute(void)
{
    const long long most_ns = 200000000;
    struct timespec begun;
    struct timespec now;
    volatile unsigned long sum = 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
    do {
        for (unsigned long i = 0; i < 100000; i++)
            sum = sum + i;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while ((now.tv_sec - begun.tv_sec) * 1000000000LL + now.tv_nsec - begun.tv_nsec < most_ns);
}

struct timespec deadline(clockid_t clock)
{
    struct timespec then;
    clock_gettime(clock, &then);
    then.tv_nsec += while_.tv_nsec;
    if (then.tv_nsec >= 1000000000) {
        then.tv_sec++;
        then.tv_nsec -= 1000000000;
    }
    return then;
}

bool is_past(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > then->tv_sec ||
           (now.tv_sec == then->tv_sec && now.tv_nsec >= then->tv_nsec);
}

pid_t start_child(void (*later)(void))
{
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        later();
        _exit(0);
    }
    return child;
}

void reap_child(pid_t child)
{
    int status = -1;
    MUST(waitpid(child, &status, 0) == child);
    MUST(status == 0);
}

static const struct look *find_way(const char *name)
{
    for (size_t i = 0; i < LISTS; i++)
        for (const struct look *look = lists[i]; look->name; look++)
            if (strcmp(look->name, name) == 0)
                return look;
    return NULL;
}

static const struct outside_look *find_outside(const char *name)
{
    for (const struct outside_look *look = looks_outside; look->name; look++)
        if (strcmp(look->name, name) == 0)
            return look;
    return NULL;
}

static void list_all(void)
{
    for (size_t i = 0; i < LISTS; i++)
        for (const struct look *look = lists[i]; look->name; look++)
            puts(look->name);
    MUST(fflush(stdout) == 0);
}

static void be_outside(const struct outside_look *outside)
{
    outside->prepare();
    puts("ready");
    fflush(stdout);
    rest();
    outside->give();
}

int main(int argc, char **argv)
{
    bool helps = argc > 1 && strcmp(argv[1], "--outside") == 0;
    argc -= helps;
    argv += helps;
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        list_all();
        return 0;
    }
    if (argc > 2)
        MUST(chdir(argv[2]) == 0);
    const struct look *look = argc > 1 ? find_way(argv[1]) : NULL;
    const struct outside_look *outside = argc > 1 ? find_outside(argv[1]) : NULL;
    if (helps ? !outside : !look && !outside)
        return UNKNOWN;
    if (helps)
        be_outside(outside);
    else
        (look ? look->run : outside->await)();
    return 0;
}
