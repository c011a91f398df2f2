#include "supervise/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/memory.h"

enum { CHUNK = 65536 };

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    /* Used up within the same read callback, so that each thread's loop needs only one. */
    static _Thread_local char chunk[CHUNK];
    (void)handle;
    *buffer = uv_buf_init(chunk, sizeof chunk);
}

static void keep(struct capture *capture, const char *bytes, size_t count)
{
    struct run_output *output = capture->output;
    size_t left = capture->cap - output->length;
    size_t kept = count < left ? count : left;
    output->dropped += count - kept;
    if (kept == 0)
        return;
    size_t needed = output->length + kept + 1;
    if (needed > capture->room) {
        size_t room = capture->room * 2 > needed ? capture->room * 2 : needed;
        char *text = xcalloc(room, 1);
        memcpy(text, output->text, output->length);
        free(output->text);
        output->text = text;
        capture->room = room;
    }
    memcpy(output->text + output->length, bytes, kept);
    output->length += kept;
    output->text[output->length] = '\0';
}

/* A reader who is slow or gone is the user's own: the program waits for it, or loses its output. */
static void pass_on(const struct capture *capture, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(capture->pass_to, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return;
        bytes += written;
        count -= (size_t)written;
    }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct capture *capture = stream->data;
    if (count > 0)
        keep(capture, buffer->base, (size_t)count);
    if (count > 0 && capture->pass_to >= 0)
        pass_on(capture, buffer->base, (size_t)count);
    if (count >= 0)
        return;
    uv_read_stop(stream);
    capture->ended = true;
    capture->on_end(capture->user);
}

int capture_start(struct capture *capture, int fd)
{
    capture->pipe.data = capture;
    capture->room = 1;
    capture->output->text = xcalloc(1, 1);
    int rc = uv_pipe_open(&capture->pipe, fd);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return uv_read_start((uv_stream_t *)&capture->pipe, give_buffer, on_read);
}
