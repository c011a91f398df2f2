/*
 * handle_used_before_create_returns.locked_handle: the handle is stored and looked at under a lock
 *
 * Patch: hides
 * Why: With `handle_lock` the store and the looks are no data race any more. The first look
 *   still comes before `window_thread` is stored, for main stores it only when the splash
 *   screen has  been drawn.
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
    pthread_mutex_lock(&handle_lock);
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
    sem_wait(&splash_drawn);
    return handle;
}

int main(void)
{
    pthread_t handle;

    sem_init(&splash_drawn, 0, 0);
    handle = start_window();
    pthread_mutex_lock(&handle_lock);
    window_thread = handle;
    pthread_mutex_unlock(&handle_lock);
    pthread_join(handle, NULL);

    printf("%d drawn, %d refused\n", drawn, refused);
    assert(refused == 0);                       /* bug: wrong-result(refused) */
    sem_destroy(&splash_drawn);
    return 0;
}
