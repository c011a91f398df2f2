/*
 * transfer_argument_order.try_second: the second lock is taken by trylock in a loop
 *
 * Patch: hides
 * Why: No session blocks on its second lock, but it keeps the first one while it tries again. Two
 * sessions that move in opposite directions try for ever; TSan enters no trylock as the end of an
 * edge and so finds no cycle.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

struct directory {
    pthread_mutex_t lock;
    int number;  /* never changes, and no two are alike */
    int entries; /* guarded by lock */
};

struct session {
    pthread_t thread;
    struct directory *from;
    struct directory *to;
    int moved;
};

static int move(struct directory *from, struct directory *to)
{
    struct directory *first = from;
    struct directory *second = to;
    int rc = -ENOENT;

    if (from == to)
        return 0;
    pthread_mutex_lock(&first->lock);  /* bug: lock-order(from, to)
                                          ; drd blind: it keeps no lock order
                                          ; tsan, tsan-gcc blind: a trylock adds no edge to it */
    while (pthread_mutex_trylock(&second->lock) != 0) /* bug: lock-order(from, to) */
        sched_yield();
    if (from->entries > 0) {
        from->entries--;
        to->entries++;
        rc = 0;
    }
    pthread_mutex_unlock(&second->lock);
    pthread_mutex_unlock(&first->lock);
    return rc;
}

static void *serve(void *arg)
{
    struct session *session = arg;

    while (move(session->from, session->to) == 0)
        session->moved++;
    return NULL;
}

int main(void)
{
    struct directory inbox = {.lock = PTHREAD_MUTEX_INITIALIZER, .number = 1, .entries = 3};
    struct directory archive = {.lock = PTHREAD_MUTEX_INITIALIZER, .number = 2};
    struct session sessions[] = {
        {.from = &inbox, .to = &archive},
        {.from = &archive, .to = &inbox},
    };

    /* One user at a time, as in every test of the server. */
    for (int i = 0; i < 2; i++) {
        pthread_create(&sessions[i].thread, NULL, serve, &sessions[i]);
        pthread_join(sessions[i].thread, NULL);
    }
    assert(sessions[0].moved == 3 && sessions[1].moved == 3);
    assert(inbox.entries == 3 && archive.entries == 0);
    return 0;
}
