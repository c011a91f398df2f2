/*
 * owner_dies_lock_not_robust: a process dies with a lock in shared memory
 *
 * Story: worker processes book transfers between two accounts in shared memory. One is killed in
 *        the middle of a transfer, as happens when memory runs out, and another is started.
 * Wrong: the new worker books nothing, nor does any that is started after it, although no process
 *        that ever held the lock is left.
 * Why: the kernel takes back a dead process's memory and descriptors, but a mutex in shared memory
 *      is a word that says locked, and only its owner unlocks it.
 * Fix: a robust mutex, which the next to lock it gets together with EOWNERDEAD. It may declare the
 *      mutex consistent at once: a transfer takes effect with its last store, or not at all.
 * Roadmap: processes, shared memory, Lock, deadlocks
 * CWE: CWE-667 Improper Locking; CWE-772 Missing Release of Resource after Effective Lifetime
 * CERT: none
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct bank {
    pthread_mutex_t lock;               /* guards what follows */
    struct accounts {
        int salary, savings;
    } version[2];
    int current;                        /* the version that counts; the other is being made */
};

static void transfer(struct bank *bank, int amount, bool killed)
{
    pthread_mutex_lock(&bank->lock);                    /* bug: hang(lock);
        explore blind: a forked child runs freely */
    struct accounts *next = &bank->version[!bank->current];

    *next = bank->version[bank->current];
    next->salary -= amount;
    if (killed)
        raise(SIGKILL);
    next->savings += amount;
    bank->current = !bank->current;
    pthread_mutex_unlock(&bank->lock);
}

static int run_worker(struct bank *bank, int amount, bool killed)
{
    int status = -1;
    pid_t worker = fork();

    if (worker == 0) {
        transfer(bank, amount, killed);
        _exit(0);
    }
    waitpid(worker, &status, 0);        /* bug: hang(lock) */
    return status;
}

int main(void)
{
    struct bank *bank = mmap(NULL, sizeof(*bank), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    int first, second;

    if (bank == MAP_FAILED)
        return 1;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&bank->lock, &attributes);
    bank->version[0].salary = 1000;

    first = run_worker(bank, 300, true);
    second = run_worker(bank, 50, false);

    assert(WIFSIGNALED(first) && WIFEXITED(second));
    struct accounts *accounts = &bank->version[bank->current];
    assert(accounts->salary == 950 && accounts->savings == 50);
    munmap(bank, sizeof(*bank));
    return 0;
}
