/*
 * mutex_not_process_shared: mutex in shared memory that was initialised for one process
 *
 * Story: a feed process holds the lock of a price table in shared memory while it enters a new
 *        price; a till in another process asks for the price meanwhile and queues for the lock.
 * Wrong: the feed unlocks and goes on, the till never gets the lock. Without contention all is
 *        well, so the fault shows only on a busy day.
 * Why: the lock word is shared, its wait queue is not. By default a mutex is private, and the
 *      kernel finds the waiters of a private futex by address space and address: the feed's
 *      wake-up looks in its own address space, the till sleeps under another.
 * Fix: the mutex is initialised with the attribute PTHREAD_PROCESS_SHARED.
 * Roadmap: processes, shared memory, Lock, deadlocks
 * CWE: CWE-667 Improper Locking
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct table {
    pthread_mutex_t lock;
    int price;                              /* guarded by lock */
};

static int till(struct table *table)
{
    int price;

    raise(SIGSTOP);                         /* closed until the feed opens it */
    pthread_mutex_lock(&table->lock);       /* bug: hang(lock);
        explore blind: a forked child runs freely */
    price = table->price;
    pthread_mutex_unlock(&table->lock);
    return price;
}

/* Reads the state that the kernel gives for a process: 'S' when it sleeps in a system call. */
static char run_state(pid_t pid)
{
    char path[32], state = '?';
    FILE *stat;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    stat = fopen(path, "r");
    if (stat != NULL) {
        if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
            state = '?';
        fclose(stat);
    }
    return state;
}

int main(void)
{
    struct table *table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    int status = 0;
    pid_t cashier;

    if (table == MAP_FAILED)
        return 1;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&table->lock, &attributes);
    cashier = fork();
    if (cashier == -1)
        return 1;
    if (cashier == 0)
        _exit(till(table));
    waitpid(cashier, NULL, WUNTRACED);

    pthread_mutex_lock(&table->lock);
    kill(cashier, SIGCONT);
    /* Once continued, the till can sleep nowhere but in the queue of the lock. */
    while (run_state(cashier) != 'S')
        sched_yield();
    table->price = 42;
    pthread_mutex_unlock(&table->lock);

    waitpid(cashier, &status, 0);          /* bug: hang(lock) */
    assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    munmap(table, sizeof(*table));
    return 0;
}
