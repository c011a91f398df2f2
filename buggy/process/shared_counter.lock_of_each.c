/*
 * shared_counter.lock_of_each: the lock is a static variable
 *
 * Patch: moves
 * Why: lock lies in ordinary memory, of which fork gives each worker a copy: each locks its own,
 * and the two still load 0 before either stores.
 */
#include <assert.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 2

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct page {
    int visitors;
};

static int serve(struct page *page, int peer)
{
    int visitor;
    char rendered = 1;

    pthread_mutex_lock(&lock);
    visitor = page->visitors + 1;
    /* The front end sends the pages of one batch together: each worker waits for the other's. */
    if (write(peer, &rendered, 1) != 1 || read(peer, &rendered, 1) != 1)
        return 0;
    page->visitors = visitor;    /* bug: race(visitors); tsan, tsan-gcc, helgrind, drd blind: shadow
                                           memory and vector clocks end with the process */
    pthread_mutex_unlock(&lock);
    return visitor;
}

int main(void)
{
    struct page *page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int peers[WORKERS];

    if (page == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, peers) == -1)
        return 1;
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
