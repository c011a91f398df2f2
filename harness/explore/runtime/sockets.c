/*
 * Descriptors made, connected, copied and closed. What comes of it is kept in descriptors.c.
 */
#include "explore/runtime/io.h"

#include "explore/runtime/sys.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

REAL_FUNCTION(accept)
REAL_FUNCTION(accept4)
REAL_FUNCTION(connect)
REAL_FUNCTION(listen)
REAL_FUNCTION(socketpair)
REAL_FUNCTION(pipe)
REAL_FUNCTION(pipe2)
REAL_FUNCTION(eventfd)
REAL_FUNCTION(dup)
REAL_FUNCTION(dup2)
REAL_FUNCTION(dup3)
REAL_FUNCTION(close)
REAL_FUNCTION(epoll_create)
REAL_FUNCTION(epoll_create1)
REAL_FUNCTION(epoll_ctl)
REAL_PLAIN_FUNCTION(fcntl)
REAL_PLAIN_FUNCTION(fcntl64)
REAL_PLAIN_FUNCTION(shutdown)
REAL_PLAIN_FUNCTION(close_range)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(accept)
    REAL_RESOLVE(accept4)
    REAL_RESOLVE(connect)
    REAL_RESOLVE(listen)
    REAL_RESOLVE(socketpair)
    REAL_RESOLVE(pipe)
    REAL_RESOLVE(pipe2)
    REAL_RESOLVE(eventfd)
    REAL_RESOLVE(dup)
    REAL_RESOLVE(dup2)
    REAL_RESOLVE(dup3)
    REAL_RESOLVE(close)
    REAL_RESOLVE(epoll_create)
    REAL_RESOLVE(epoll_create1)
    REAL_RESOLVE(epoll_ctl)
    REAL_PLAIN_RESOLVE(fcntl)
    REAL_PLAIN_RESOLVE(fcntl64)
    REAL_PLAIN_RESOLVE(shutdown)
    REAL_PLAIN_RESOLVE(close_range)
    resolved = true;
}

static struct fiber *enter(void)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return runtime_enter();
}

static struct io begin(int fd, uint64_t pc)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return io_begin(fd, pc);
}

static int accepted(struct io *io, long fd)
{
    if (io->self && fd >= 0)
        descriptor_connected((int)fd);
    return (int)io_done(io, fd);
}

EXPORTED int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    struct io io IO = begin(fd, CALLER);
    if (io.self)
        io_wait(&io, fd, WIRE_RECEIVE, false);
    return accepted(&io, SEEN_AT(CALLER, REAL(accept)(fd, address, size)));
}

EXPORTED int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict size, int flags)
{
    struct io io IO = begin(fd, CALLER);
    if (io.self)
        io_wait(&io, fd, WIRE_RECEIVE, false);
    return accepted(&io, SEEN_AT(CALLER, REAL(accept4)(fd, address, size, flags)));
}

/* Only a socket that is known to listen here is sure to answer at once: but where very many wait to be accepted. */
EXPORTED int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    struct io io IO = begin(fd, CALLER);
    if (!io.self)
        return SEEN_AT(CALLER, REAL(connect)(fd, address, size));
    struct request request = call_request(WIRE_SEND, (uint64_t)fd, CALLER);
    enum grant grant = call_point(io.self, &request);
    io.refuses = descriptor_nonblocking(fd);
    if (grant != GRANT_REAL && !io.refuses && !descriptor_listener(address, size)) {
        runtime_outside_begin(io.self, WIRE_LOST_OUTSIDE, CALLER);
        io.outside = true;
    }
    int result = SEEN_AT(CALLER, REAL(connect)(fd, address, size));
    if (result == 0 || errno == EINPROGRESS) {
        int saved = errno;
        descriptor_connected(fd);
        errno = saved;
    }
    return (int)io_done(&io, result);
}

EXPORTED int listen(int fd, int backlog)
{
    struct fiber *self CONTROLLED = enter();
    int result = SEEN_AT(CALLER, REAL(listen)(fd, backlog));
    if (self && result == 0)
        descriptor_listens(fd);
    return result;
}

EXPORTED int shutdown(int fd, int how)
{
    struct fiber *self CONTROLLED = enter();
    if (self)
        runtime_pass(self, WIRE_CLOSE, (uint64_t)fd, 0, CALLER);
    return REAL_PLAIN(shutdown)(fd, how);
}

static int made(const struct fiber *self, int result, const int *fds, enum descriptor_kind kind)
{
    if (self && result == 0) {
        descriptor_is(fds[0], kind);
        descriptor_is(fds[1], kind);
    }
    return result;
}

EXPORTED int pipe(int *fds)
{
    struct fiber *self CONTROLLED = enter();
    return made(self, SEEN_AT(CALLER, REAL(pipe)(fds)), fds, DESCRIPTOR_PIPE);
}

EXPORTED int pipe2(int *fds, int flags)
{
    struct fiber *self CONTROLLED = enter();
    return made(self, SEEN_AT(CALLER, REAL(pipe2)(fds, flags)), fds, DESCRIPTOR_PIPE);
}

EXPORTED int socketpair(int domain, int type, int protocol, int *fds)
{
    struct fiber *self CONTROLLED = enter();
    return made(self, SEEN_AT(CALLER, REAL(socketpair)(domain, type, protocol, fds)), fds,
                DESCRIPTOR_SOCKET);
}

EXPORTED int eventfd(unsigned value, int flags)
{
    struct fiber *self CONTROLLED = enter();
    int fd = SEEN_AT(CALLER, REAL(eventfd)(value, flags));
    if (self)
        descriptor_is(fd, DESCRIPTOR_EVENT);
    return fd;
}

static int copied(const struct fiber *self, int from, int to)
{
    if (self && to >= 0 && from != to)
        descriptor_copied(from, to);
    return to;
}

EXPORTED int dup(int from)
{
    struct fiber *self CONTROLLED = enter();
    return copied(self, from, SEEN_AT(CALLER, REAL(dup)(from)));
}

/* What was `to` before is closed: a point, as others may wait for that. */
static struct fiber *enter_replacing(int from, int to, uint64_t pc)
{
    struct fiber *self = enter();
    if (self && from != to && descriptor_ours(to))
        runtime_pass(self, WIRE_CLOSE, (uint64_t)to, 0, pc);
    return self;
}

EXPORTED int dup2(int from, int to)
{
    struct fiber *self CONTROLLED = enter_replacing(from, to, CALLER);
    return copied(self, from, SEEN_AT(CALLER, REAL(dup2)(from, to)));
}

EXPORTED int dup3(int from, int to, int flags)
{
    struct fiber *self CONTROLLED = enter_replacing(from, to, CALLER);
    return copied(self, from, SEEN_AT(CALLER, REAL(dup3)(from, to, flags)));
}

EXPORTED int close(int fd)
{
    struct io io IO = begin(fd, CALLER);
    if (io.self) {
        struct request request = call_request(WIRE_CLOSE, (uint64_t)fd, CALLER);
        call_point(io.self, &request);
        descriptor_closed(fd);
    }
    return SEEN_AT(CALLER, REAL(close)(fd));
}

EXPORTED int close_range(unsigned first, unsigned last, int flags)
{
    struct fiber *self CONTROLLED = enter();
    if (self) {
        runtime_pass(self, WIRE_CLOSE, first, 0, CALLER);
        if (!(flags & CLOSE_RANGE_CLOEXEC))
            descriptors_closed(first, last);
    }
    return REAL_PLAIN(close_range)(first, last, flags);
}

static int control(int (*real)(int, int, ...), int fd, int command, void *argument, uint64_t pc)
{
    struct fiber *self CONTROLLED = enter();
    if (self && (command == F_SETLKW || command == F_OFD_SETLKW)) {
        call_outside_begin(self, WIRE_LOST_OUTSIDE, pc);
        int result = real(fd, command, argument);
        int saved = errno;
        runtime_outside_end(self);
        errno = saved;
        return result;
    }
    int result = real(fd, command, argument);
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        copied(self, fd, result);
    return result;
}

#define CONTROLS(name)                                                                             \
    EXPORTED int name(int fd, int command, ...)                                                    \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, command);                                                                   \
        void *argument = va_arg(list, void *);                                                     \
        va_end(list);                                                                              \
        if (__builtin_expect(!resolved, 0))                                                        \
            resolve();                                                                             \
        return control(plain_##name, fd, command, argument, CALLER);                               \
    }

CONTROLS(fcntl)
CONTROLS(fcntl64)

EXPORTED int epoll_create(int size)
{
    struct fiber *self CONTROLLED = enter();
    int fd = SEEN_AT(CALLER, REAL(epoll_create)(size));
    if (self)
        descriptor_is(fd, DESCRIPTOR_EPOLL);
    return fd;
}

EXPORTED int epoll_create1(int flags)
{
    struct fiber *self CONTROLLED = enter();
    int fd = SEEN_AT(CALLER, REAL(epoll_create1)(flags));
    if (self)
        descriptor_is(fd, DESCRIPTOR_EPOLL);
    return fd;
}

EXPORTED int epoll_ctl(int epoll, int command, int fd, struct epoll_event *event)
{
    struct fiber *self CONTROLLED = enter();
    if (self && command == EPOLL_CTL_ADD)
        descriptor_watched(epoll, fd);
    if (self) /* whoever waits there sees more, or less */
        runtime_pass(self, WIRE_SEND, (uint64_t)epoll, 0, CALLER);
    return SEEN_AT(CALLER, REAL(epoll_ctl)(epoll, command, fd, event));
}
