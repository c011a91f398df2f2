/*
 * shared_locks_crossed: two processes take two shared locks in opposite order
 *
 * Story: a database lives in shared memory. The server appends a record and then its index entry; a
 * compactor process looks up the dead entries in the index and then removes their records.
 * Wrong: one night both processes stop for ever. Restarting one does not help: the locks live on
 * in the shared memory, held by a process that is gone.
 * Why: the server takes data, then index; the compactor takes index, then data. Each waits for
 * what the other holds. The circle runs through two address spaces, and each process alone shows
 * a single order, in which no detector can find fault.
 * Fix: a compactor that finds work gives the index back and takes both in the server's order. What
 * it read in between may be out of date, so it reads the count again under the locks.
 * Roadmap: processes, shared memory, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: CON35-C; POS51-C
 */
#include <assert.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct database {
    pthread_mutex_t data;
    pthread_mutex_t index;
    pthread_barrier_t both_at_work;
    int records; /* guarded by data */
    int entries; /* guarded by index, as dead is */
    int dead;
};

static void append(struct database *db)
{
    pthread_mutex_lock(&db->data);
    db->records++;
    pthread_barrier_wait(&db->both_at_work);
    pthread_mutex_lock(&db->index); /* bug: hang(data, index);
        explore blind: a forked child runs freely */
    db->entries++;
    pthread_mutex_unlock(&db->index);
    pthread_mutex_unlock(&db->data);
}

static void compact(struct database *db)
{
    pthread_mutex_lock(&db->index);
    if (db->dead > 0) {
        pthread_barrier_wait(&db->both_at_work);
        pthread_mutex_lock(&db->data); /* bug: hang(data, index) */
        db->records -= db->dead;
        db->entries -= db->dead;
        db->dead = 0;
        pthread_mutex_unlock(&db->data);
    }
    pthread_mutex_unlock(&db->index);
}

int main(void)
{
    struct database *db = mmap(NULL, sizeof(*db), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    pthread_barrierattr_t shared_barrier;
    int status = 0;

    if (db == MAP_FAILED)
        return 1;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&db->data, &shared);
    pthread_mutex_init(&db->index, &shared);
    pthread_barrierattr_init(&shared_barrier);
    pthread_barrierattr_setpshared(&shared_barrier, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&db->both_at_work, &shared_barrier, 2);
    db->records = db->entries = 10;
    db->dead = 3;

    pid_t compactor = fork();
    if (compactor == -1)
        return 1;
    if (compactor == 0) {
        compact(db);
        _exit(0);
    }
    append(db);
    waitpid(compactor, &status, 0);

    assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert(db->records == 8 && db->entries == 8 && db->dead == 0);
    return 0;
}
