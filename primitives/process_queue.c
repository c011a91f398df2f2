#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "process_queue.h"

#include "deadline.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

struct slot {
    size_t length;
    unsigned char data[];
};

enum { SLOT_ALIGNMENT = 16 };

static void init_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    if (pthread_mutexattr_init(&attributes) ||
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) ||
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) ||
        pthread_mutex_init(mutex, &attributes))
        abort();
    pthread_mutexattr_destroy(&attributes);
}

/*
 * An event descriptor is readable while its counter is not 0, so it can say "not empty" or "not
 * full" to any number of pollers for as long as that is true. Neither call can block or fail in
 * a way that matters: raised twice it stays raised, lowered twice it stays lowered.
 */
static void raise_event(int fd)
{
    (void)!eventfd_write(fd, 1);
}

static void lower_event(int fd)
{
    eventfd_t count;

    (void)!eventfd_read(fd, &count);
}

int process_queue_init(struct process_queue *queue, size_t capacity, size_t message_max)
{
    size_t slot_size, bytes;
    int err = 0;

    if (capacity == 0)
        return -EINVAL;
    if (__builtin_add_overflow(message_max, sizeof(struct slot) + SLOT_ALIGNMENT - 1, &slot_size))
        return -EOVERFLOW;
    slot_size -= slot_size % SLOT_ALIGNMENT;
    if (__builtin_mul_overflow(slot_size, capacity, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct process_queue_shared), &bytes))
        return -EOVERFLOW;

    queue->mapped = bytes;
    queue->capacity = capacity;
    queue->slot_size = slot_size;
    queue->message_max = message_max;
    queue->not_empty_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (queue->not_empty_fd < 0)
        return -errno;
    queue->not_full_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    if (queue->not_full_fd < 0) {
        err = -errno;
        goto close_not_empty;
    }
    /* Anonymous memory is 0: both counts are right already. */
    queue->shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (queue->shared == MAP_FAILED) {
        err = -errno;
        goto close_not_full;
    }
    init_mutex(&queue->shared->mutex);
    return 0;

close_not_full:
    close(queue->not_full_fd);
close_not_empty:
    close(queue->not_empty_fd);
    return err;
}

void process_queue_release(struct process_queue *queue)
{
    /* The mutex is not destroyed: others may use it. It ends with the last mapping. */
    munmap(queue->shared, queue->mapped);
    close(queue->not_full_fd);
    close(queue->not_empty_fd);
}

/* With the mutex held. */
static size_t size_of(const struct process_queue *queue)
{
    return (size_t)(queue->shared->put_count - queue->shared->got_count);
}

static struct slot *slot_at(const struct process_queue *queue, uint64_t count)
{
    return (struct slot *)(queue->shared->slots + count % queue->capacity * queue->slot_size);
}

/* Makes both descriptors say what the counts say, with the mutex held. */
static void repair(struct process_queue *queue)
{
    if (size_of(queue) > 0)
        raise_event(queue->not_empty_fd);
    else
        lower_event(queue->not_empty_fd);
    if (size_of(queue) < queue->capacity)
        raise_event(queue->not_full_fd);
    else
        lower_event(queue->not_full_fd);
}

/*
 * Helgrind and DRD take a lock that comes with EOWNERDEAD for one that failed; valgrind.supp
 * excuses them by the name of this function, which must therefore not be inlined.
 */
static int __attribute__((noinline)) lock_queue(struct process_queue *queue)
{
    pthread_mutex_t *mutex = &queue->shared->mutex;
    int err;

    while ((err = pthread_mutex_lock(mutex)) == EOWNERDEAD) {
        repair(queue);
        pthread_mutex_consistent(mutex);
        /* Then locked once more: what follows is under a lock that every tool knows. */
        pthread_mutex_unlock(mutex);
    }
    return -err;
}

static void unlock_queue(struct process_queue *queue)
{
    pthread_mutex_unlock(&queue->shared->mutex);
}

/*
 * Locks the queue when it is not full (or, with for_message, not empty), or returns with it
 * unlocked and a negative errno.
 */
static int lock_when(struct process_queue *queue, bool for_message, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);
    int fd = for_message ? queue->not_empty_fd : queue->not_full_fd;
    int err;

    for (;;) {
        err = lock_queue(queue);
        if (err)
            return err;
        if (for_message ? size_of(queue) > 0 : size_of(queue) < queue->capacity)
            return 0;
        unlock_queue(queue);
        err = deadline_poll(fd, POLLIN, &deadline);
        if (err)
            return err;
    }
}

/*
 * What to do around the one store that puts or gets, so that a death at any instruction is
 * harmless: a descriptor is raised before the store and lowered after it. It may then be raised
 * too early or too long, which wakes somebody for nothing, who blocks on the mutex and is the
 * one to learn of the death. The other way round messages could be in the queue with every
 * process asleep and no one left to tell them. The fences keep the compiler from moving the
 * store; processes that lock the mutex later need no more than the mutex.
 */
static void commit(uint64_t *count)
{
    atomic_signal_fence(memory_order_seq_cst);
    ++*count;
    atomic_signal_fence(memory_order_seq_cst);
}

int process_queue_put_timed(struct process_queue *queue, const void *data, size_t length,
                            int timeout_ms)
{
    struct slot *slot;
    int err;

    if (length > queue->message_max)
        return -EMSGSIZE;
    err = lock_when(queue, false, timeout_ms);
    if (err)
        return err;
    slot = slot_at(queue, queue->shared->put_count);
    slot->length = length;
    if (length > 0)
        memcpy(slot->data, data, length);
    if (size_of(queue) == 0)
        raise_event(queue->not_empty_fd);
    commit(&queue->shared->put_count);
    if (size_of(queue) == queue->capacity)
        lower_event(queue->not_full_fd);
    unlock_queue(queue);
    return 0;
}

int process_queue_put(struct process_queue *queue, const void *data, size_t length)
{
    return process_queue_put_timed(queue, data, length, DEADLINE_NEVER);
}

int process_queue_try_put(struct process_queue *queue, const void *data, size_t length)
{
    int err = process_queue_put_timed(queue, data, length, 0);

    return err == -ETIMEDOUT ? -EAGAIN : err;
}

int process_queue_get_timed(struct process_queue *queue, void *data, size_t size, size_t *length,
                            int timeout_ms)
{
    struct slot *slot;
    int err;

    err = lock_when(queue, true, timeout_ms);
    if (err)
        return err;
    slot = slot_at(queue, queue->shared->got_count);
    *length = slot->length;
    if (slot->length > size) {
        err = -EMSGSIZE;
        goto unlock;
    }
    if (slot->length > 0)
        memcpy(data, slot->data, slot->length);
    if (size_of(queue) == queue->capacity)
        raise_event(queue->not_full_fd);
    commit(&queue->shared->got_count);
    if (size_of(queue) == 0)
        lower_event(queue->not_empty_fd);
unlock:
    unlock_queue(queue);
    return err;
}

int process_queue_get(struct process_queue *queue, void *data, size_t size, size_t *length)
{
    return process_queue_get_timed(queue, data, size, length, DEADLINE_NEVER);
}

int process_queue_try_get(struct process_queue *queue, void *data, size_t size, size_t *length)
{
    int err = process_queue_get_timed(queue, data, size, length, 0);

    return err == -ETIMEDOUT ? -EAGAIN : err;
}

size_t process_queue_size(struct process_queue *queue)
{
    size_t size;

    if (lock_queue(queue))
        return 0;
    size = size_of(queue);
    unlock_queue(queue);
    return size;
}
