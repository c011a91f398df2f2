/*
 * handle_used_before_create_returns: a thread compares itself with a handle that is not stored yet
 *
 * Story: A drawing toolkit accepts calls from one thread only, the one whose handle it keeps.
 *   start_window() makes that thread, waits until the splash screen has been drawn and returns
 *   the handle to be kept.
 * Wrong: The splash screen is refused as drawn by the wrong thread; the window may be as well.
 * Why: The new thread may run before pthread_create has returned to its creator, and here it must
 *   run before the creator can store the handle. Its first look finds no handle at all, and its
 *   second races with the store.
 * Fix: The thread stores its own handle, from pthread_self, before it does anything else.
 * Roadmap: threads, Semaphore, races
 * CWE: CWE-696 Incorrect Behavior Order; CWE-908 Use of Uninitialized Resource
 * CERT: CON43-C
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
    pthread_join(handle, NULL);

    printf("%d drawn, %d refused\n", drawn, refused);
    assert(refused == 0);                       /* bug: wrong-result(refused) */
    sem_destroy(&splash_drawn);
    return 0;
}
