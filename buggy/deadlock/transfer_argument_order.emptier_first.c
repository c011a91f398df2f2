/*
 * transfer_argument_order.emptier_first: the directory with fewer entries is locked first
 *
 * Patch: moves
 * Why: The order now belongs to the directories, but `entries` changes with every move (and is read
 * here without a lock): the same two directories are locked in one order today and in the other one
 * tomorrow.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
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
    struct directory *first = from->entries < to->entries ? from : to;
    struct directory *second = first == from ? to : from;
    int rc = -ENOENT;

    if (from == to)
        return 0;
    pthread_mutex_lock(&first->lock);  /* bug: lock-order(from, to)
                                          ; drd blind: it keeps no lock order */
    pthread_mutex_lock(&second->lock); /* bug: lock-order(from, to) */
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
