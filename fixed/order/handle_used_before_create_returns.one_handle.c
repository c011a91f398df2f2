/*
 * handle_used_before_create_returns.one_handle: main joins by the handle that the thread stored
 *
 * Why: The thread stores `window_thread` before it posts `splash_drawn`, and start_window()
 *   waits for that: main reads a handle that is there and does not change any more.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static pthread_t window_thread;                 /* the only one that may draw */
static sem_t splash_drawn;
static int drawn, refused;                      /* the thread's own until it is joined */

static void draw(void)
{
    if (pthread_equal(window_thread,            /* bug: race(window_thread) */
                      pthread_self()))
        drawn++;
    else
        refused++;
}

static void *run_window(void *arg)
{
    (void)arg;
    window_thread = pthread_self();             /* bug: race(window_thread) */
    draw();
    sem_post(&splash_drawn);
    draw();
    return NULL;
}

static void start_window(void)
{
    pthread_t handle;

    pthread_create(&handle, NULL, run_window, NULL);
    sem_wait(&splash_drawn);
}

int main(void)
{
    sem_init(&splash_drawn, 0, 0);
    start_window();
    pthread_join(window_thread, NULL);

    printf("%d drawn, %d refused\n", drawn, refused);
    assert(refused == 0);                       /* bug: wrong-result(refused) */
    sem_destroy(&splash_drawn);
    return 0;
}
