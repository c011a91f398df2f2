/* Initialisers that run once: pthread_once(), call_once(), and C++'s guards as a compiler calls them. */
#include "subject.h"

#include <dlfcn.h>
#include <stdint.h>
#include <threads.h>

static pthread_once_t control = PTHREAD_ONCE_INIT;
static pthread_once_t other = PTHREAD_ONCE_INIT;
static once_flag flag = ONCE_FLAG_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int value, runs;

static void pause_here(void)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static void initialise(void)
{
    runs++;
    pause_here();
    value = 5;
    pause_here();
}

static int three(void *(*function)(void *))
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = make(function, NULL);
    for (int i = 0; i < 3; i++)
        join(threads[i]);
    return runs;
}

static void *by_pthread(void *unused)
{
    CHECK(pthread_once(&control, initialise) == 0);
    CHECK(value == 5 && runs == 1);
    CHECK(pthread_once(&control, initialise) == 0);
    return unused;
}

static int posix(void)
{
    return three(by_pthread);
}

static void *by_c11(void *unused)
{
    call_once(&flag, initialise);
    CHECK(value == 5 && runs == 1);
    return unused;
}

static int c11(void)
{
    return three(by_c11);
}

static void again(void)
{
    pthread_once(&control, again);
}

static int recursive(void)
{
    return pthread_once(&control, again);
}

static void needs_control(void)
{
    pause_here();
    pthread_once(&control, initialise);
}

static void needs_other(void)
{
    pause_here();
    pthread_once(&other, initialise);
}

static void *runs_other(void *unused)
{
    CHECK(pthread_once(&other, needs_control) == 0);
    return unused;
}

static int crossed(void)
{
    pthread_t thread = make(runs_other, NULL);
    CHECK(pthread_once(&control, needs_other) == 0);
    join(thread);
    return 0;
}

/* The first to run it leaves its thread out of it. */
static void leaves(void)
{
    pause_here();
    if (runs++ == 0)
        pthread_exit(NULL);
    value = 5;
}

static void *may_leave(void *unused)
{
    CHECK(pthread_once(&control, leaves) == 0);
    CHECK(value == 5 && runs == 2);
    pause_here();
    return unused;
}

static int left(void)
{
    return three(may_leave);
}

static int (*acquire)(uint64_t *);
static void (*release)(uint64_t *);
static void (*give_up)(uint64_t *);
static uint64_t guard;

static void load_guards(void)
{
    CHECK(dlopen("libstdc++.so.6", RTLD_NOW | RTLD_GLOBAL));
    acquire = (__typeof__(acquire))dlsym(RTLD_DEFAULT, "__cxa_guard_acquire");
    release = (__typeof__(release))dlsym(RTLD_DEFAULT, "__cxa_guard_release");
    give_up = (__typeof__(give_up))dlsym(RTLD_DEFAULT, "__cxa_guard_abort");
    CHECK(acquire && release && give_up);
}

static void *by_guard(void *unused)
{
    if (__atomic_load_n((char *)&guard, __ATOMIC_ACQUIRE) == 0 && acquire(&guard)) {
        initialise();
        release(&guard);
    }
    CHECK(value == 5 && runs == 1);
    return unused;
}

static int guarded(void)
{
    load_guards();
    return three(by_guard);
}

static void *may_throw(void *unused)
{
    while (acquire(&guard)) {
        pause_here();
        if (runs++ == 0) {
            give_up(&guard);
            continue;
        }
        value = 5;
        release(&guard);
    }
    CHECK(value == 5 && runs == 2);
    return unused;
}

static int guarded_throws(void)
{
    load_guards();
    return three(may_throw);
}

static void *comes_back(void *unused)
{
    acquire(&guard);
    acquire(&guard);
    return unused;
}

static int guarded_recursive(void)
{
    load_guards();
    in_other(comes_back, NULL);
    return 0;
}

/* In a program of one thread it throws. */
static int guarded_recursive_alone(void)
{
    load_guards();
    comes_back(NULL);
    return 0;
}

MODES({"posix", posix}, {"c11", c11}, {"recursive", recursive}, {"crossed", crossed},
      {"left", left}, {"guarded", guarded}, {"guarded-throws", guarded_throws},
      {"guarded-recursive", guarded_recursive},
      {"guarded-recursive-alone", guarded_recursive_alone})
