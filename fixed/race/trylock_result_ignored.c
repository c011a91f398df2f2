/*
 * trylock_result_ignored: the lock is only tried, and its data is used either way
 *
 * Story: A music player must never block, so at the start of each block of frames it only tries the
 *   lock of the gains. The mixer holds the lock while it changes the gains one after the other, the
 *   right one when a frame has gone out since the left one, so that there is no loud click.
 * Wrong: During the change a frame is played with the new left gain and the old right one: the
 *   sound jumps to one side.
 * Why: The result of trylock decides who unlocks, not who reads. A player that was refused reads
 *   the gains in the middle of the mixer's critical section, and nothing orders the two.
 * Fix: A player that was refused plays the block with the gains of the block before.
 * Roadmap: Lock, Semaphore, threads, races
 * CWE: CWE-366 Race Condition within a Thread; CWE-252 Unchecked Return Value
 * CERT: CON43-C; POS54-C
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>

#define BLOCKS 2
#define FRAMES 2                                /* of a block */

struct gains {
    long left, right;
};

static pthread_mutex_t gains_lock = PTHREAD_MUTEX_INITIALIZER;
static struct gains gains = { 100, 100 };       /* guarded by gains_lock */
static sem_t block_due, first_frame_out;

static void *player(void *arg)
{
    struct gains current = { 100, 100 }, *played = arg;

    for (int block = 0; block < BLOCKS; block++) {
        sem_wait(&block_due);
        bool locked = pthread_mutex_trylock(&gains_lock) == 0;

        for (int frame = 0; frame < FRAMES; frame++) {
            if (locked)
                current = gains;                /* bug: race(gains) */
            *played++ = current;
            if (frame == 0)
                sem_post(&first_frame_out);
        }
        if (locked)
            pthread_mutex_unlock(&gains_lock);
    }
    return NULL;
}

static void mute(void)
{
    pthread_mutex_lock(&gains_lock);
    gains.left = 0;
    sem_post(&block_due);
    sem_wait(&first_frame_out);
    gains.right = 0;                            /* bug: race(gains) */
    pthread_mutex_unlock(&gains_lock);
}

int main(void)
{
    static struct gains played[BLOCKS * FRAMES];
    pthread_t player_thread;
    int lopsided = 0;

    sem_init(&block_due, 0, 0);
    sem_init(&first_frame_out, 0, 0);
    pthread_create(&player_thread, NULL, player, played);
    mute();
    sem_post(&block_due);
    pthread_join(player_thread, NULL);
    sem_destroy(&first_frame_out);
    sem_destroy(&block_due);

    for (int frame = 0; frame < BLOCKS * FRAMES; frame++) {
        printf("frame %d: %ld %ld\n", frame, played[frame].left, played[frame].right);
        lopsided += played[frame].left != played[frame].right;
    }
    assert(lopsided == 0);                      /* bug: wrong-result(gains) */
    return 0;
}
