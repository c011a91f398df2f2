/*
 * mutex_calls_on_rwlock: a reader-writer lock handed to the functions of a mutex
 *
 * Story: a scoreboard. The scorer enters a goal for its team, sounds the horn, and adds the goal to
 * the total when the display has looked up. The display never waits for the lock: where it is busy,
 * the picture stays as it is. Both get the lock as a void pointer.
 * Wrong: the display shows a score whose total is not its sum.
 * Why: the lock became a reader-writer lock when displays were added, and the scorer still treats
 * it as a mutex; void pointers hide that. The two kinds keep their state differently: in glibc what
 * a mutex's lock writes there does not keep readers out.
 * Fix: the scorer takes the write lock.
 * Roadmap: Lock, Semaphore
 * CWE: CWE-843 Access of Resource Using Incompatible Type ('Type Confusion')
 * CERT: EXP39-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

struct score {
    int home, guests, total;
};

struct board {
    void *lock; /* guards score */
    struct score score;
    sem_t horn, looked;
};

static void *keep_score(void *arg)
{
    struct board *board = arg;

    pthread_rwlock_wrlock(board->lock); /* bug: misuse(lock) */
    board->score.home++;
    sem_post(&board->horn);
    sem_wait(&board->looked);
    board->score.total++;
    pthread_rwlock_unlock(board->lock); /* bug: misuse(lock) */
    return NULL;
}

static struct score display(struct board *board)
{
    struct score picture = {0};

    sem_wait(&board->horn);
    if (pthread_rwlock_tryrdlock(board->lock) == 0) { /* bug: misuse(lock) */
        picture = board->score;
        pthread_rwlock_unlock(board->lock); /* bug: misuse(lock) */
    }
    sem_post(&board->looked);
    return picture;
}

int main(void)
{
    static pthread_rwlock_t lock;
    static struct board board = {.lock = &lock};
    pthread_t scorer;

    pthread_rwlock_init(&lock, NULL);
    sem_init(&board.horn, 0, 0);
    sem_init(&board.looked, 0, 0);
    pthread_create(&scorer, NULL, keep_score, &board);
    struct score picture = display(&board);
    pthread_join(scorer, NULL);
    sem_destroy(&board.horn);
    sem_destroy(&board.looked);
    pthread_rwlock_destroy(&lock);

    assert(board.score.home == 1 && board.score.total == 1);
    assert(picture.total == picture.home + picture.guests); /* bug: wrong-result(picture) */
    return 0;
}
