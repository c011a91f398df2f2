#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "pipe_channel.h"

#include "deadline.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int pipe_channel_open(struct pipe_channel *a, struct pipe_channel *b, bool duplex)
{
    int fds[2];

    /* Close-on-exec from the start: between a call that opens and one that sets it, another
     * thread could fork and exec, and the new program would keep the end open. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        return -errno;
    *a = (struct pipe_channel){.fd = fds[0], .can_receive = true, .can_send = duplex};
    *b = (struct pipe_channel){.fd = fds[1], .can_receive = duplex, .can_send = true};
    return 0;
}

void pipe_channel_close(struct pipe_channel *channel)
{
    /* Not repeated after EINTR: Linux has closed the descriptor, its number may be in use. */
    if (channel->fd >= 0)
        close(channel->fd);
    channel->fd = -1;
}

void pipe_channel_hang_up(struct pipe_channel *channel)
{
    if (channel->fd >= 0)
        shutdown(channel->fd, SHUT_RDWR);
}

static int send_all(int fd, const void *data, size_t length)
{
    const unsigned char *from = data;

    while (length > 0) {
        ssize_t sent = send(fd, from, length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        /* Which of the two it is depends on whether the other side left bytes unread. */
        if (sent < 0)
            return errno == ECONNRESET ? -EPIPE : -errno;
        from += sent;
        length -= (size_t)sent;
    }
    return 0;
}

/* Fills data unless the stream ends first; *received tells how far it came. */
static int receive_all(int fd, void *data, size_t length, size_t *received)
{
    unsigned char *to = data;

    *received = 0;
    while (*received < length) {
        ssize_t got = recv(fd, to + *received, length - *received, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        *received += (size_t)got;
    }
    return 0;
}

int pipe_channel_send(struct pipe_channel *channel, const void *data, size_t length)
{
    uint32_t header;
    int err;

    if (channel->fd < 0 || !channel->can_send)
        return -EBADF;
    if (length > PIPE_CHANNEL_MESSAGE_MAX)
        return -EMSGSIZE;
    header = htonl((uint32_t)length);
    err = send_all(channel->fd, &header, sizeof header);
    return err ? err : send_all(channel->fd, data, length);
}

int pipe_channel_receive(struct pipe_channel *channel, void **data, size_t *length)
{
    unsigned char *message = NULL;
    uint32_t header;
    size_t received;
    int err;

    if (channel->fd < 0 || !channel->can_receive)
        return -EBADF;
    err = receive_all(channel->fd, &header, sizeof header, &received);
    if (err)
        return err;
    if (received == 0)
        return PIPE_CHANNEL_EOF;
    if (received < sizeof header)
        return -EPROTO;
    header = ntohl(header);
    if (header > PIPE_CHANNEL_MESSAGE_MAX)
        return -EMSGSIZE;
    message = malloc((size_t)header + 1);
    if (!message)
        return -ENOMEM;
    err = receive_all(channel->fd, message, header, &received);
    if (!err && received < header)
        err = -EPROTO;
    if (err) {
        free(message);
        return err;
    }
    message[header] = 0;
    *data = message;
    *length = header;
    return 0;
}

int pipe_channel_poll(struct pipe_channel *channel, int timeout_ms)
{
    struct deadline deadline = deadline_after(timeout_ms);

    if (channel->fd < 0 || !channel->can_receive)
        return -EBADF;
    return deadline_poll(channel->fd, POLLIN, &deadline);
}
