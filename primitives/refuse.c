#include "refuse.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Guarded by lock; how many calls pass before one is refused, -1 for all of them. */
static int until_refusal[] = {
    [CALLOC] = -1, [MALLOC] = -1, [PTHREAD_CREATE] = -1, [FORK] = -1, [EVENTFD] = -1,
};

void refuse(enum call call, int after)
{
    pthread_mutex_lock(&lock);
    until_refusal[call] = after;
    pthread_mutex_unlock(&lock);
}

static bool is_refused(enum call call)
{
    bool refused;

    pthread_mutex_lock(&lock);
    refused = until_refusal[call] == 0;
    if (until_refusal[call] >= 0)
        until_refusal[call]--;
    pthread_mutex_unlock(&lock);
    return refused;
}

bool was_refused(enum call call)
{
    bool refused;

    pthread_mutex_lock(&lock);
    refused = until_refusal[call] < 0;
    pthread_mutex_unlock(&lock);
    return refused;
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
int __real_eventfd(unsigned count, int flags);
int __wrap_eventfd(unsigned count, int flags);

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused(CALLOC) ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return is_refused(MALLOC) ? NULL : __real_malloc(size);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
    if (is_refused(PTHREAD_CREATE))
        return EAGAIN;
    return __real_pthread_create(thread, attributes, run, argument);
}

pid_t __wrap_fork(void)
{
    if (!is_refused(FORK))
        return __real_fork();
    errno = EAGAIN;
    return -1;
}

int __wrap_eventfd(unsigned count, int flags)
{
    if (!is_refused(EVENTFD))
        return __real_eventfd(count, flags);
    errno = EMFILE;
    return -1;
}
