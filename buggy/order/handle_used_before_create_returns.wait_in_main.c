/*
 * handle_used_before_create_returns.wait_in_main: the handle is stored before the wait
 *
 * Patch: moves
 * Why: Nothing forces the first look to come before the store any more, and nothing keeps it
 *   from that: the thread may run before main has stored `window_thread`, and races with it.
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
    draw();
    sem_post(&splash_drawn);
    draw();
    return NULL;
}

static pthread_t start_window(void)
{
    pthread_t handle;

    pthread_create(&handle, NULL, run_window, NULL);
    return handle;
}

int main(void)
{
    pthread_t handle;

    sem_init(&splash_drawn, 0, 0);
    handle = start_window();
    window_thread = handle;                     /* bug: race(window_thread) */
    sem_wait(&splash_drawn);
    pthread_join(handle, NULL);

    printf("%d drawn, %d refused\n", drawn, refused);
    assert(refused == 0);                       /* bug: wrong-result(refused); watchdog rate:
        the thread must look before main has stored its handle */
    sem_destroy(&splash_drawn);
    return 0;
}
