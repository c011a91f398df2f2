/*
 * queue_joined_before_drained: process joined before its queue is drained
 *
 * Story: a renderer process puts the frames of a film strip on a queue that is a pipe; the editor
 *        waits for the renderer to end, then takes the frames.
 * Wrong: a strip that fits the pipe is fine; a strip one frame longer, and neither process ends.
 * Why: a pipe holds a fixed number of bytes. The renderer blocks in write() until a frame is
 *      taken, the editor takes none until the renderer has ended: a cycle of two waits, one of
 *      them for a process and one for room in the queue.
 * Fix: the editor drains the queue to end-of-file first and joins the renderer after that.
 * Roadmap: processes, process Queue, Pipe, deadlocks
 * CWE: CWE-833 Deadlock
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* At most PIPE_BUF bytes: one write() or read() moves a whole frame. */
struct frame {
    int number;
    char pixels[4096 - sizeof(int)];
};

static int queue_put(int queue, const struct frame *frame)
{
    return write(queue, frame, sizeof(*frame)) == sizeof(*frame);   /* bug: hang(queue);
        explore blind: a forked child runs freely */
}

static int queue_get(int queue, struct frame *frame)
{
    return read(queue, frame, sizeof(*frame)) == sizeof(*frame);
}

static int render(int queue, int frames)
{
    for (int i = 0; i < frames; i++) {
        struct frame frame = { .number = i };

        if (!queue_put(queue, &frame))
            return 1;
    }
    return 0;
}

int main(void)
{
    int queue[2], frames, taken = 0, status = 0;
    struct frame frame;
    pid_t renderer;

    if (pipe(queue) == -1)
        return 1;
    frames = fcntl(queue[1], F_GETPIPE_SZ) / (int)sizeof(frame) + 1;
    renderer = fork();
    if (renderer == -1)
        return 1;
    if (renderer == 0) {
        close(queue[0]);
        _exit(render(queue[1], frames));
    }
    close(queue[1]);

    waitpid(renderer, &status, 0);              /* bug: hang(queue) */
    while (queue_get(queue[0], &frame)) {
        assert(frame.number == taken);
        taken++;
    }
    assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert(taken == frames);
    close(queue[0]);
    return 0;
}
