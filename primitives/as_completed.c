#include "as_completed.h"

#include "deadline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Runs with the future locked, in the thread that made it done. */
static void entry_completed(struct future_watcher *watcher)
{
    /* The watcher is the entry's first member. */
    struct as_completed_entry *entry = (struct as_completed_entry *)watcher;
    struct as_completed *iterator = entry->iterator;

    pthread_mutex_lock(&iterator->mutex);
    if (iterator->ready)
        iterator->ready_end->next = entry;
    else
        iterator->ready = entry;
    iterator->ready_end = entry;
    pthread_cond_signal(&iterator->completed);
    pthread_mutex_unlock(&iterator->mutex);
}

int as_completed_init(struct as_completed *iterator, struct future *const futures[], size_t count)
{
    memset(iterator, 0, sizeof *iterator);
    iterator->entries = calloc(count ? count : 1, sizeof *iterator->entries);
    if (!iterator->entries)
        return -ENOMEM;
    iterator->count = count;
    pthread_mutex_init(&iterator->mutex, NULL);
    deadline_cond_init(&iterator->completed);
    for (size_t i = 0; i < count; i++) {
        struct as_completed_entry *entry = &iterator->entries[i];

        entry->watcher.completed = entry_completed;
        entry->iterator = iterator;
        entry->future = futures[i];
        future_watch(futures[i], &entry->watcher);
    }
    return 0;
}

void as_completed_release(struct as_completed *iterator)
{
    for (size_t i = 0; i < iterator->count; i++)
        future_unwatch(iterator->entries[i].future, &iterator->entries[i].watcher);
    pthread_cond_destroy(&iterator->completed);
    pthread_mutex_destroy(&iterator->mutex);
    free(iterator->entries);
}

int as_completed_next(struct as_completed *iterator, int timeout_ms, struct future **future)
{
    struct deadline deadline = deadline_after(timeout_ms);
    int err = 0;

    if (iterator->handed_out == iterator->count)
        return AS_COMPLETED_END;
    pthread_mutex_lock(&iterator->mutex);
    while (!iterator->ready && !err)
        err = deadline_wait(&iterator->completed, &iterator->mutex, &deadline);
    if (iterator->ready) {
        err = 0;
        *future = iterator->ready->future;
        iterator->ready = iterator->ready->next;
        iterator->handed_out++;
    }
    pthread_mutex_unlock(&iterator->mutex);
    return err;
}
