#include "deadline.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000 };

struct deadline deadline_after(int timeout_ms)
{
    struct deadline deadline = {.never = timeout_ms < 0};

    if (deadline.never)
        return deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline.at);
    deadline.at.tv_sec += timeout_ms / MS_PER_SECOND;
    deadline.at.tv_nsec += (long)(timeout_ms % MS_PER_SECOND) * NS_PER_MS;
    if (deadline.at.tv_nsec >= NS_PER_SECOND) {
        deadline.at.tv_sec++;
        deadline.at.tv_nsec -= NS_PER_SECOND;
    }
    return deadline;
}

int deadline_remaining(const struct deadline *deadline)
{
    struct timespec now;
    long long ns;

    if (deadline->never)
        return DEADLINE_NEVER;
    clock_gettime(CLOCK_MONOTONIC, &now);
    ns = (long long)(deadline->at.tv_sec - now.tv_sec) * NS_PER_SECOND +
         (deadline->at.tv_nsec - now.tv_nsec);
    if (ns <= 0)
        return 0;
    /* Up, not down: a poll that ends early would be called again with 0, again and again. */
    return (int)((ns + NS_PER_MS - 1) / NS_PER_MS);
}

void deadline_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    if (pthread_condattr_init(&attributes) ||
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
        pthread_cond_init(cond, &attributes))
        abort();
    pthread_condattr_destroy(&attributes);
}

int deadline_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct deadline *deadline)
{
    if (deadline->never)
        return -pthread_cond_wait(cond, mutex);
    return -pthread_cond_timedwait(cond, mutex, &deadline->at);
}

int deadline_poll(int fd, short events, const struct deadline *deadline)
{
    struct pollfd polled = {.fd = fd, .events = events};
    int ready;

    do
        ready = poll(&polled, 1, deadline_remaining(deadline));
    while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return -errno;
    if (ready == 0)
        return -ETIMEDOUT;
    return polled.revents & POLLNVAL ? -EBADF : 0;
}
