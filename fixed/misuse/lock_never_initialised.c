/*
 * lock_never_initialised: a lock in recycled memory that nobody initialises
 *
 * Story: a mail server gives each session an arena of memory and uses it again for the next one. In
 * it stand the peer's greeting and the session, which two threads share.
 * Wrong: the first session is served, and the next one's letters are dropped.
 * Why: the session's lock is never initialised. In fresh memory, all zero, that is what a mutex
 * looks like in glibc; in the second session it holds letters of the first one's greeting, and is
 * refused as a mutex of no known kind.
 * Fix: initialise the lock with the session, and destroy it with the session.
 * Roadmap: Lock, threads
 * CWE: CWE-909 Missing Initialization of Resource
 * CERT: EXP33-C
 */
#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

enum { ARENA = 512 };

static struct arena {
    alignas(max_align_t) unsigned char memory[ARENA];
    size_t used;
} arena;

struct session {
    pthread_mutex_t lock; /* guards bytes */
    int bytes;
};

static void *take(size_t size)
{
    void *memory = arena.memory + arena.used;
    size_t alignment = alignof(max_align_t);

    arena.used += (size + alignment - 1) / alignment * alignment;
    assert(arena.used <= ARENA);
    return memory;
}

static void *receive(void *arg)
{
    struct session *session = arg;

    if (pthread_mutex_lock(&session->lock) != 0) /* bug: misuse(lock)
            ; drd blind: it takes the lock for a new one, and sees no result of the calls */
        return NULL;
    session->bytes += 40;
    pthread_mutex_unlock(&session->lock);
    return NULL;
}

static int serve(const char *greeting)
{
    pthread_t threads[2];

    arena.used = 0;
    strcpy(take(strlen(greeting) + 1), greeting);
    struct session *session = take(sizeof(*session));
    pthread_mutex_init(&session->lock, NULL);
    session->bytes = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, receive, session);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&session->lock);
    return session->bytes;
}

int main(void)
{
    int first = serve("EHLO mail.a-very-long-name-of-a-host.in-a-long-domain.example.org");
    int second = serve("EHLO b.example");

    assert(first == 80);
    assert(second == 80); /* bug: wrong-result(second) */
    return 0;
}
