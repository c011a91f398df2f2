#ifndef RACELAB_PRIMITIVES_PIPE_CHANNEL_H
#define RACELAB_PRIMITIVES_PIPE_CHANNEL_H

/*
 * Python's multiprocessing.Pipe: two ends that pass messages to each other, between threads or,
 * after fork, between processes. A message arrives whole or not at all: it travels with its
 * length in front (four bytes, big-endian), whatever pieces the kernel cuts the stream into.
 *
 * An end may send in one thread while it receives in another. Two threads or processes that
 * send on the same end, or receive on it, would mix their pieces: they need a lock of their own.
 *
 * The receiver sees the end of file when every copy of the other end is closed. fork copies
 * both ends into the child, so each side closes the one it does not use; a process that keeps
 * the other side's end open waits for itself. exec closes both.
 *
 * Different from Python: messages are bytes, nothing is pickled. Both kinds of pipe are socket
 * pairs, because send(2) can refuse SIGPIPE for one call where write(2) to a pipe leaves that to
 * a setting of the whole process. EOFError is PIPE_CHANNEL_EOF. A message has a maximal size.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
    PIPE_CHANNEL_EOF = 1,
    PIPE_CHANNEL_MESSAGE_MAX = 64 * 1024 * 1024 /* bytes; a broken header cannot ask for more */
};

/* One end: Python's Connection. Nothing in it changes between open and close. */
struct pipe_channel {
    int fd; /* -1 when closed */
    bool can_receive;
    bool can_send;
};

/*
 * Opens both ends, to be closed with pipe_channel_close. Duplex ends both send and receive;
 * otherwise a receives what b sends, as with Pipe(duplex=False). Returns 0 or the negative errno
 * of socketpair(2), -EMFILE for one.
 */
int pipe_channel_open(struct pipe_channel *a, struct pipe_channel *b, bool duplex);

/* Closes this process's copy of the end. Closing it again does nothing. */
void pipe_channel_close(struct pipe_channel *channel);

/*
 * Ends the conversation for every process that holds a copy of either end: both sides receive
 * the end of file after what was sent already. The end must still be closed.
 */
void pipe_channel_hang_up(struct pipe_channel *channel);

/*
 * Sends length bytes as one message, and waits while the socket is full. 0; -EBADF for a closed
 * end or one that does not send; -EMSGSIZE for more than PIPE_CHANNEL_MESSAGE_MAX; -EPIPE when
 * nobody can receive any more; or another negative errno. After a failure other than the first
 * two, part of the message may have been sent: the channel is of no more use.
 */
int pipe_channel_send(struct pipe_channel *channel, const void *data, size_t length);

/*
 * Waits for a message. 0, with *data, which the caller frees with free(), and *length; behind
 * the message *data holds one more byte, which is 0. PIPE_CHANNEL_EOF when the stream ended
 * where a message might have begun; -EPROTO when it ended within a message; -ECONNRESET when
 * the other side closed its end without having received everything sent to it; -EMSGSIZE for a
 * length beyond PIPE_CHANNEL_MESSAGE_MAX, -ENOMEM, and other negative errno, after which the
 * channel is of no more use; -EBADF for a closed end or one that does not receive.
 */
int pipe_channel_receive(struct pipe_channel *channel, void **data, size_t *length);

/*
 * Waits until pipe_channel_receive has something to say, be it the end of file or an error;
 * when a message has begun to arrive, it may still wait for the rest. timeout_ms is in
 * milliseconds, see deadline.h. 0; -ETIMEDOUT; -EBADF.
 */
int pipe_channel_poll(struct pipe_channel *channel, int timeout_ms);

#endif
