#include "explore/runtime/descriptors.h"

#include "explore/runtime/runtime.h"
#include "explore/runtime/sys.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct descriptor {
    uint64_t key; /* its number + 1 */
    uint32_t kind;
    uint32_t port; /* of a connected socket's own end, in the network's order; 0: none */
};
static struct table descriptors = {.slot_size = sizeof(struct descriptor)};
/* Other processes may accept what is connected to a socket that listens here. */
static bool has_forked;
static unsigned connections;

static struct descriptor *find(int fd)
{
    return fd >= 0 ? table_find(&descriptors, (uint64_t)fd + 1) : NULL;
}

void descriptor_is(int fd, enum descriptor_kind kind)
{
    if (fd < 0)
        return;
    struct descriptor *descriptor = table_get(&descriptors, (uint64_t)fd + 1);
    descriptor->kind = kind;
    descriptor->port = 0;
}

void descriptor_copied(int from, int to)
{
    const struct descriptor *descriptor = find(from);
    if (!descriptor) {
        descriptor_closed(to);
        return;
    }
    const struct descriptor copy = *descriptor;
    struct descriptor *made = table_get(&descriptors, (uint64_t)to + 1);
    made->kind = copy.kind;
    made->port = copy.port;
}

void descriptor_closed(int fd)
{
    if (fd >= 0)
        table_drop(&descriptors, (uint64_t)fd + 1);
}

void descriptors_closed(unsigned first, unsigned last)
{
    unsigned most = first;
    const struct descriptor *all = descriptors.slots;
    for (uint32_t i = 0; i < descriptors.room; i++)
        if (all[i].key > most && all[i].key <= (uint64_t)last + 1)
            most = (unsigned)all[i].key;
    for (unsigned fd = first; fd < most; fd++)
        descriptor_closed((int)fd);
}

void descriptors_shared(void)
{
    struct descriptor *all = descriptors.slots;
    for (uint32_t i = 0; i < descriptors.room; i++)
        all[i] = (struct descriptor){0};
    descriptors.used = 0;
    has_forked = true;
}

enum descriptor_kind descriptor_kind(int fd)
{
    const struct descriptor *descriptor = find(fd);
    return descriptor ? descriptor->kind : DESCRIPTOR_FOREIGN;
}

bool descriptor_ours(int fd)
{
    return descriptor_kind(fd) != DESCRIPTOR_FOREIGN;
}

void descriptor_watched(int epoll, int fd)
{
    if (!descriptor_ours(fd))
        descriptor_closed(epoll);
}

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage room;
};

/* The port, where the address is of this machine alone; 0: not. */
static uint32_t loopback_port(const union address *address)
{
    static const uint8_t mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
    if (address->any.sa_family == AF_INET)
        return (address->in.sin_addr.s_addr & 0xff) == 127 ? address->in.sin_port : 0;
    if (address->any.sa_family != AF_INET6)
        return 0;
    const uint8_t *bytes = address->in6.sin6_addr.s6_addr;
    bool same = true;
    bool one = bytes[15] == 1;
    for (unsigned i = 0; i < sizeof mapped; i++)
        same = same && bytes[i] == mapped[i];
    for (unsigned i = 0; i < 15; i++)
        one = one && bytes[i] == 0;
    return same || one ? address->in6.sin6_port : 0;
}

static uint32_t port_of(int fd, long call)
{
    union address address = {0};
    uint32_t size = sizeof address;
    return SYS3(call, fd, &address, &size) == 0 ? loopback_port(&address) : 0;
}

static bool own_port(uint32_t port)
{
    const struct descriptor *all = descriptors.slots;
    for (uint32_t i = 0; i < descriptors.room; i++)
        if (all[i].key != 0 && all[i].port == port)
            return true;
    return false;
}

void descriptor_listens(int fd)
{
    union address address = {0};
    uint32_t size = sizeof address;
    descriptor_is(fd, DESCRIPTOR_FOREIGN);
    if (SYS3(SYS_getsockname, fd, &address, &size) == 0 &&
        (address.any.sa_family == AF_INET || address.any.sa_family == AF_INET6))
        find(fd)->port = address.in.sin_port; /* at the same place in both */
}

bool descriptor_listener(const void *given, unsigned size)
{
    const char *bytes = given;
    union address address = {0};
    for (unsigned i = 0; bytes && i < size && i < sizeof address; i++)
        ((char *)&address)[i] = bytes[i];
    uint32_t port = loopback_port(&address);
    return address.any.sa_family == AF_UNIX || (port != 0 && own_port(port));
}

unsigned descriptor_connections(void)
{
    return connections;
}

void descriptor_connected(int fd)
{
    struct ucred peer = {0};
    uint32_t size = sizeof peer;
    bool local = !has_forked &&
                 SYS6(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size, 0) == 0 &&
                 peer.pid == (pid_t)SYS0(SYS_getpid);
    uint32_t port = local ? 0 : port_of(fd, SYS_getpeername);
    descriptor_closed(fd);
    if (!local && (port == 0 || !own_port(port)))
        return;
    descriptor_is(fd, DESCRIPTOR_SOCKET);
    connections++;
    if (port != 0)
        find(fd)->port = port_of(fd, SYS_getsockname);
}

short descriptor_state(int fd, short events)
{
    struct pollfd state = {.fd = fd, .events = events};
    const struct timespec now = {0};
    SYS6(SYS_ppoll, &state, 1, &now, 0, 0, 0);
    return state.revents;
}

bool descriptor_nonblocking(int fd)
{
    long flags = SYS3(SYS_fcntl, fd, F_GETFL, 0);
    return flags < 0 || (flags & O_NONBLOCK);
}

bool descriptor_is_file(int fd)
{
    struct stat stat = {0};
    static const char empty[] = "";
    if (SYS4(SYS_newfstatat, fd, empty, &stat, AT_EMPTY_PATH) != 0)
        return true; /* the call refuses it */
    return S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode) || S_ISBLK(stat.st_mode);
}
