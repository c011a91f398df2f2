/*
 * handle_used_before_create_returns.lock_over_start: the handle is locked until it is stored
 *
 * Patch: moves
 * Why: The thread can no longer look at `window_thread` before it is stored. But main keeps
 *   `handle_lock` while it waits for `splash_drawn` in start_window(), and the thread needs
 *   that lock to draw the splash screen: both wait for  ever.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static pthread_t window_thread;                 /* the only one that may draw */
static pthread_mutex_t handle_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t splash_drawn;
static int drawn, refused;                      /* the thread's own until it is joined */

static void draw(void)
{
    pthread_mutex_lock(&handle_lock);           /* bug: hang(handle_lock) */
    if (pthread_equal(window_thread,
                      pthread_self()))
        drawn++;
    else
        refused++;
    pthread_mutex_unlock(&handle_lock);
}

static void *run_window(void *arg)
{
    (void)arg;
    draw();
    sem_post(&splash_drawn);
    draw();
    return NULL;
}

static pthread_t start_window(void)
{
    pthread_t handle;

    pthread_create(&handle, NULL, run_window, NULL);
    sem_wait(&splash_drawn);                    /* bug: hang(handle_lock) */
    return handle;
}

int main(void)
{
    pthread_t handle;

    sem_init(&splash_drawn, 0, 0);
    pthread_mutex_lock(&handle_lock);
    handle = start_window();
    window_thread = handle;
    pthread_mutex_unlock(&handle_lock);
    pthread_join(handle, NULL);

    printf("%d drawn, %d refused\n", drawn, refused);
    assert(refused == 0);
    sem_destroy(&splash_drawn);
    return 0;
}
