/*
 * read(), write() and their like. The turn is kept only by a call that will not wait: the kernel says so before it.
 */
#include "explore/runtime/io.h"

#include "explore/runtime/sys.h"

#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

REAL_FUNCTION(read)
REAL_FUNCTION(write)
REAL_FUNCTION(readv)
REAL_FUNCTION(writev)
REAL_FUNCTION(recv)
REAL_FUNCTION(recvfrom)
REAL_FUNCTION(recvmsg)
REAL_FUNCTION(send)
REAL_FUNCTION(sendto)
REAL_FUNCTION(sendmsg)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(read)
    REAL_RESOLVE(write)
    REAL_RESOLVE(readv)
    REAL_RESOLVE(writev)
    REAL_RESOLVE(recv)
    REAL_RESOLVE(recvfrom)
    REAL_RESOLVE(recvmsg)
    REAL_RESOLVE(send)
    REAL_RESOLVE(sendto)
    REAL_RESOLVE(sendmsg)
    resolved = true;
}

struct io io_begin(int fd, uint64_t pc)
{
    struct io io = {.pc = pc};
    if (__builtin_expect(!resolved, 0))
        resolve();
    io.self = runtime_enter();
    if (io.self && !descriptor_ours(fd) && descriptor_is_file(fd)) {
        runtime_leave(io.self);
        io.self = NULL;
    }
    return io;
}

void io_end(struct io *io)
{
    int saved = errno;
    if (io->outside)
        runtime_outside_end(io->self);
    else if (io->self && io->foreign)
        runtime_pass(io->self, WIRE_OUTSIDE, 0, 0, io->pc);
    if (io->self)
        runtime_leave(io->self);
    io->self = NULL;
    errno = saved;
}

static bool readable(const struct fiber *who, const struct request *request)
{
    (void)who;
    return descriptor_state((int)request->object, POLLIN) != 0;
}

static bool writable(const struct fiber *who, const struct request *request)
{
    (void)who;
    return descriptor_state((int)request->object, POLLOUT) != 0;
}

enum grant io_wait(struct io *io, int fd, enum wire_op op, bool refuses)
{
    struct request request = call_request(op, (uint64_t)fd, io->pc);
    io->refuses = refuses || descriptor_nonblocking(fd);
    bool ours = descriptor_ours(fd);
    bool late = false;
    if (!io->refuses) {
        request.ready = op == WIRE_SEND ? writable : readable;
        request.outside = !ours;
        io->foreign = !ours && op != WIRE_SEND;
        late = !ours && !request.ready(io->self, &request);
    }
    unsigned connections = descriptor_connections();
    enum grant grant = call_point(io->self, &request);
    if (grant == GRANT_READY && late && connections == descriptor_connections())
        runtime_lost(WIRE_LOST_OUTSIDE, io->pc);
    if (grant == GRANT_OUTSIDE) {
        runtime_outside_begin(io->self, WIRE_LOST_OUTSIDE, io->pc);
        io->outside = true;
    }
    return grant;
}

long io_done(struct io *io, long result)
{
    if (io->self && io->refuses && result < 0 && (errno == EAGAIN || errno == EINPROGRESS)) {
        int saved = errno;
        runtime_mark(io->self, WIRE_FAILED);
        call_repeats(io->self, io->pc, 1);
        errno = saved;
    }
    return result;
}

#define RECEIVES(name, flags, parameters, ...)                                                     \
    EXPORTED ssize_t name parameters                                                               \
    {                                                                                              \
        struct io io IO = io_begin(fd, CALLER);                                                    \
        if (io.self)                                                                               \
            io_wait(&io, fd, WIRE_RECEIVE, (flags)&MSG_DONTWAIT);                                  \
        return io_done(&io, SEEN_AT(CALLER, REAL(name)(__VA_ARGS__)));                             \
    }

static ssize_t read_in_turn(int fd, void *buffer, size_t size, uint64_t pc)
{
    struct io io IO = io_begin(fd, pc);
    if (io.self)
        io_wait(&io, fd, WIRE_RECEIVE, false);
    return io_done(&io, SEEN_AT(pc, REAL(read)(fd, buffer, size)));
}

EXPORTED ssize_t read(int fd, void *buffer, size_t size)
{
    return read_in_turn(fd, buffer, size, CALLER);
}

EXPORTED int eventfd_read(int fd, eventfd_t *value)
{
    return read_in_turn(fd, value, sizeof *value, CALLER) == sizeof *value ? 0 : -1;
}

RECEIVES(readv, 0, (int fd, const struct iovec *parts, int count), fd, parts, count)
RECEIVES(recvmsg, flags, (int fd, struct msghdr *message, int flags), fd, message, flags)

/* MSG_WAITALL, too, takes what there is, and then waits for more in turn. */
static ssize_t receive_all(struct io *io, int fd, char *buffer, size_t size, int flags)
{
    size_t got = 0;
    while (got < size) {
        bool free = io_wait(io, fd, WIRE_RECEIVE, false) >= GRANT_OUTSIDE;
        ssize_t more = SEEN_AT(
            io->pc, REAL(recv)(fd, buffer + got, size - got, free ? flags : flags & ~MSG_WAITALL));
        if (more <= 0)
            return got > 0 ? (ssize_t)got : more;
        got += (size_t)more;
        if (free)
            break;
    }
    return (ssize_t)got;
}

EXPORTED ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    struct io io IO = io_begin(fd, CALLER);
    if (io.self && (flags & MSG_WAITALL) && !(flags & (MSG_DONTWAIT | MSG_PEEK)) &&
        !descriptor_nonblocking(fd))
        return receive_all(&io, fd, buffer, size, flags);
    if (io.self)
        io_wait(&io, fd, WIRE_RECEIVE, flags & MSG_DONTWAIT);
    return io_done(&io, SEEN_AT(CALLER, REAL(recv)(fd, buffer, size, flags)));
}

EXPORTED ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags,
                          struct sockaddr *restrict from, socklen_t *restrict from_size)
{
    struct io io IO = io_begin(fd, CALLER);
    if (io.self)
        io_wait(&io, fd, WIRE_RECEIVE, flags & MSG_DONTWAIT);
    return io_done(&io, SEEN_AT(CALLER, REAL(recvfrom)(fd, buffer, size, flags, from, from_size)));
}

/*
 * A pipe that is writable has room for PIPE_BUF bytes (fs/pipe.c: a free slot, a page), a socket that is writable for
 * some. What is more than that goes in parts, as the kernel would let readers have them, with a point before each.
 */
static ssize_t send_parts(struct io *io, int fd, const char *buffer, size_t size, int flags,
                          bool socket)
{
    size_t sent = 0;
    do {
        bool real = io_wait(io, fd, WIRE_SEND, false) == GRANT_REAL;
        size_t part = size - sent;
        ssize_t more;
        if (socket) {
            more = SEEN_AT(
                io->pc, REAL(send)(fd, buffer + sent, part, real ? flags : flags | MSG_DONTWAIT));
        } else {
            part = part < PIPE_BUF || real ? part : PIPE_BUF;
            more = SEEN_AT(io->pc, REAL(write)(fd, buffer + sent, part));
        }
        /* Room, but not enough for a message that goes as a whole */
        if (more < 0 && socket && !real && errno == EAGAIN) {
            call_repeats(io->self, io->pc, 1);
            continue;
        }
        if (more < 0)
            return sent > 0 ? (ssize_t)sent : more;
        sent += (size_t)more;
    } while (sent < size);
    return (ssize_t)sent;
}

/* Whether it is to be sent in parts: it could wait in the middle. */
static bool in_parts(const struct io *io, int fd, size_t size, int flags)
{
    enum descriptor_kind kind = descriptor_kind(fd);
    return io->self && !(flags & MSG_DONTWAIT) && !descriptor_nonblocking(fd) &&
           (kind == DESCRIPTOR_SOCKET || (kind == DESCRIPTOR_PIPE && size > PIPE_BUF));
}

static ssize_t write_in_turn(int fd, const void *buffer, size_t size, uint64_t pc)
{
    struct io io IO = io_begin(fd, pc);
    if (in_parts(&io, fd, size, 0))
        return send_parts(&io, fd, buffer, size, 0, descriptor_kind(fd) == DESCRIPTOR_SOCKET);
    if (io.self)
        io_wait(&io, fd, WIRE_SEND, false);
    return io_done(&io, SEEN_AT(pc, REAL(write)(fd, buffer, size)));
}

EXPORTED ssize_t write(int fd, const void *buffer, size_t size)
{
    return write_in_turn(fd, buffer, size, CALLER);
}

EXPORTED int eventfd_write(int fd, eventfd_t value)
{
    return write_in_turn(fd, &value, sizeof value, CALLER) == sizeof value ? 0 : -1;
}

EXPORTED ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
    struct io io IO = io_begin(fd, CALLER);
    if (in_parts(&io, fd, size, flags))
        return send_parts(&io, fd, buffer, size, flags, true);
    if (io.self)
        io_wait(&io, fd, WIRE_SEND, flags & MSG_DONTWAIT);
    return io_done(&io, SEEN_AT(CALLER, REAL(send)(fd, buffer, size, flags)));
}

static size_t total(const struct iovec *parts, int count)
{
    size_t size = 0;
    for (int i = 0; i < count && i < IOV_MAX; i++)
        size += parts[i].iov_len;
    return size;
}

/* One after the other is what a reader of a pipe or stream sees of a large one. */
static ssize_t send_vector(struct io *io, int fd, const struct iovec *parts, int count)
{
    bool socket = descriptor_kind(fd) == DESCRIPTOR_SOCKET;
    ssize_t sent = 0;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len == 0)
            continue;
        ssize_t more = send_parts(io, fd, parts[i].iov_base, parts[i].iov_len, 0, socket);
        if (more < 0)
            return sent > 0 ? sent : more;
        sent += more;
        if ((size_t)more < parts[i].iov_len)
            break;
    }
    return sent;
}

static bool is_stream(int fd)
{
    int type = 0;
    uint32_t size = sizeof type;
    return SYS6(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size, 0) != 0 ||
           type == SOCK_STREAM;
}

EXPORTED ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct io io IO = io_begin(fd, CALLER);
    if (io.self && total(parts, count) > PIPE_BUF && in_parts(&io, fd, PIPE_BUF + 1, 0) &&
        is_stream(fd))
        return send_vector(&io, fd, parts, count);
    if (io.self)
        io_wait(&io, fd, WIRE_SEND, false);
    return io_done(&io, SEEN_AT(CALLER, REAL(writev)(fd, parts, count)));
}

EXPORTED ssize_t sendto(int fd, const void *buffer, size_t size, int flags,
                        const struct sockaddr *to, socklen_t to_size)
{
    struct io io IO = io_begin(fd, CALLER);
    if (io.self)
        io_wait(&io, fd, WIRE_SEND, flags & MSG_DONTWAIT);
    return io_done(&io, SEEN_AT(CALLER, REAL(sendto)(fd, buffer, size, flags, to, to_size)));
}

/* Descriptors may go with it, and be another process's from then on. */
EXPORTED ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct io io IO = io_begin(fd, CALLER);
    if (io.self)
        io_wait(&io, fd, WIRE_SEND, flags & MSG_DONTWAIT);
    if (io.self && message && message->msg_controllen > 0 && !descriptor_ours(fd))
        descriptors_shared();
    return io_done(&io, SEEN_AT(CALLER, REAL(sendmsg)(fd, message, flags)));
}
