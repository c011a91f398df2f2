/*
 * handoff_through_pipe: data handed over through a pipe, and data looked at before the hand-over
 *
 * Story: a camera thread measures a picture's brightness and writes one byte into a pipe when the
 *        value is there; the exposure control reads the byte and uses the value.
 * Wrong: the control uses brightness 0 in some runs: it looked before the camera had measured.
 * Why: the control loads the value before it reads from the pipe, so nothing orders the load after
 *      the camera's store: a data race.
 * Fix: it reads from the pipe first. The kernel returns the byte only after it was written, and
 *      so after the store that precedes the write in the camera thread.
 * Roadmap: threads, Pipe, races
 * CWE: CWE-366 Race Condition within a Thread
 * CERT: CON43-C; POS49-C
 * Rate: The control must look before the camera has stored its value. The camera's thread is made
 *        first, so that most runs come out right.
 */
#include <assert.h>
#include <pthread.h>
#include <unistd.h>

static int measured[2];                     /* the pipe, opened before the threads start */
static int brightness;

static void *camera(void *arg)
{
    (void)arg;
    brightness = 200;       /* bug: race(brightness) */ /* alarm: race(brightness) by helgrind, drd:
                               a write to a pipe and the read of it are no ordering to them */
    if (write(measured[1], "m", 1) != 1)
        return "write";
    return NULL;
}

static void *control(void *arg)
{
    int *seen = arg;
    char byte;

    *seen = brightness;     /* bug: race(brightness) */ /* alarm: race(brightness) */
    if (read(measured[0], &byte, 1) != 1)
        return "read";
    return NULL;
}

int main(void)
{
    pthread_t camera_thread, control_thread;
    void *camera_failed, *control_failed;
    int seen = 0;

    if (pipe(measured) == -1)
        return 1;
    pthread_create(&camera_thread, NULL, camera, NULL);
    pthread_create(&control_thread, NULL, control, &seen);
    pthread_join(camera_thread, &camera_failed);
    pthread_join(control_thread, &control_failed);
    close(measured[0]);
    close(measured[1]);
    assert(camera_failed == NULL && control_failed == NULL);
    assert(seen == 200);    /* bug: wrong-result(seen); watchdog rate: the camera may have stored
                               the value before the control loads it */
    return 0;
}
