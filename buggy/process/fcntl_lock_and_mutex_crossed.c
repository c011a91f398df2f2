/*
 * fcntl_lock_and_mutex_crossed: a file lock and a mutex taken in opposite order
 *
 * Story: a shop keeps its orders in a file, under an fcntl() lock, and their sum in shared memory,
 *        under a mutex. A till adds the first order of the day; the office works out the sum.
 * Wrong: now and then both stand still, although the program relies on the kernel to refuse a file
 *        lock that would close a cycle.
 * Why: the till holds the file and waits for the mutex, the office holds the mutex and waits for
 *      the file. The kernel's EDEADLK check follows waits for file locks only, and the owner of a
 *      mutex stands in user memory, where it does not look.
 * Fix: the till unlocks the file before it takes the mutex to mark the sum as out of date, so that
 *      the two are nested in one order only, the office's.
 * Roadmap: processes, shared memory, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct shop {
    pthread_mutex_t lock;
    int sum;                                        /* guarded by lock, as is current */
    bool current;
};

static void set_lock(int orders, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    fcntl(orders, F_SETLKW, &whole);                /* bug: hang(orders, shop);
        explore blind: a forked child runs freely */
}

/* The busiest moment of the day: each has its first lock when the other has. */
static bool meet(int peer)
{
    char here = 'h';

    return write(peer, &here, 1) == 1 && read(peer, &here, 1) == 1;
}

static bool add_first_sale(struct shop *shop, int orders, int peer, int price)
{
    set_lock(orders, F_WRLCK);
    bool added = pwrite(orders, &price, sizeof(price), 0) == sizeof(price) && meet(peer);
    pthread_mutex_lock(&shop->lock);                /* bug: hang(orders, shop) */
    shop->current = false;
    pthread_mutex_unlock(&shop->lock);
    set_lock(orders, F_UNLCK);
    return added;
}

static bool add_up(struct shop *shop, int orders, int peer)
{
    off_t at = 0;

    pthread_mutex_lock(&shop->lock);
    bool met = meet(peer);
    set_lock(orders, F_RDLCK);
    shop->sum = 0;
    for (int price; pread(orders, &price, sizeof(price), at) == sizeof(price); at += sizeof(price))
        shop->sum += price;
    set_lock(orders, F_UNLCK);
    shop->current = true;
    pthread_mutex_unlock(&shop->lock);
    return met;
}

int main(void)
{
    struct shop *shop = mmap(NULL, sizeof(*shop), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *file = tmpfile();
    pthread_mutexattr_t attributes;
    int link[2], status = -1;

    if (shop == MAP_FAILED || file == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, link) == -1)
        return 1;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shop->lock, &attributes);
    if (fork() == 0)
        _exit(add_first_sale(shop, fileno(file), link[1], 42) ? 0 : 1);
    assert(add_up(shop, fileno(file), link[0]));
    wait(&status);
    assert(status == 0 && shop->sum == 42 && !shop->current);
    fclose(file);
    return 0;
}
