/*
 * shared_counter.lock_around_store: the lock is held for the store alone
 *
 * Patch: moves
 * Why: the process-shared lock spans the store only. Both workers still load 0 before either has
 * it, and the second store overwrites the first.
 */
#include <assert.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 2

struct page {
    pthread_mutex_t lock;
    int visitors;
};

static int serve(struct page *page, int peer)
{
    int visitor;
    char rendered = 1;

    visitor = page->visitors + 1;
    /* The front end sends the pages of one batch together: each worker waits for the other's. */
    if (write(peer, &rendered, 1) != 1 || read(peer, &rendered, 1) != 1)
        return 0;
    pthread_mutex_lock(&page->lock);
    page->visitors = visitor;    /* bug: race(visitors); tsan, tsan-gcc, helgrind, drd blind: shadow
                                           memory and vector clocks end with the process */
    pthread_mutex_unlock(&page->lock);
    return visitor;
}

int main(void)
{
    struct page *page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    int peers[WORKERS];

    if (page == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, peers) == -1)
        return 1;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&page->lock, &shared);
    pthread_mutexattr_destroy(&shared);
    for (int i = 0; i < WORKERS; i++) {
        pid_t worker = fork();

        if (worker == -1)
            return 1;
        if (worker == 0)
            _exit(serve(page, peers[i]));
    }

    int numbers = 0, status;

    while (wait(&status) > 0)
        numbers += WEXITSTATUS(status);
    assert(page->visitors == WORKERS);  /* bug: wrong-result(visitors) */
    assert(numbers == 1 + 2);
    munmap(page, sizeof(*page));
    return 0;
}
