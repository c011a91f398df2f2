#include "explain/waits/sockets.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/memory.h"
#include "supervise/proc.h"

enum { UNIX_LISTENS = 10, TCP_LISTENS = 10, NAME_SIZE = 256, MOST_LINES = 100000 };

struct unix_found {
    char name[NAME_SIZE]; /* "" where it is not bound */
    ino_t peer;
    bool listens;
};

/* Asks the kernel for one UNIX socket. The answer is there when the request has been sent. */
static bool ask_unix(ino_t inode, void *answer, size_t size, size_t *length)
{
    struct {
        struct nlmsghdr header;
        struct unix_diag_req request;
    } message = {
        .header = {.nlmsg_len = sizeof message,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST},
        .request = {.sdiag_family = AF_UNIX,
                    .udiag_states = UINT32_MAX,
                    .udiag_ino = (uint32_t)inode,
                    .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER,
                    .udiag_cookie = {UINT32_MAX, UINT32_MAX}},
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return false;
    ssize_t got = -1;
    if (send(fd, &message, sizeof message, 0) == sizeof message)
        got = recv(fd, answer, size, 0);
    close(fd);
    *length = got > 0 ? (size_t)got : 0;
    return got > 0;
}

static bool find_unix(ino_t inode, struct unix_found *found)
{
    _Alignas(struct nlmsghdr) char answer[4096];
    size_t length;
    *found = (struct unix_found){0};
    if (inode > UINT32_MAX || !ask_unix(inode, answer, sizeof answer, &length))
        return false;
    const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
    if (!NLMSG_OK(header, length) || header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        header->nlmsg_len < NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
        return false;
    const struct unix_diag_msg *socket = NLMSG_DATA(header);
    found->listens = socket->udiag_state == UNIX_LISTENS;
    size_t at = NLMSG_SPACE(sizeof *socket);
    while (at + sizeof(struct nlattr) <= header->nlmsg_len) {
        const struct nlattr *item = (const struct nlattr *)(answer + at);
        size_t data = item->nla_len - NLA_HDRLEN;
        if (item->nla_len < NLA_HDRLEN || at + item->nla_len > header->nlmsg_len)
            break;
        if (item->nla_type == UNIX_DIAG_PEER && data == sizeof(uint32_t)) {
            uint32_t peer;
            memcpy(&peer, answer + at + NLA_HDRLEN, sizeof peer);
            found->peer = peer;
        } else if (item->nla_type == UNIX_DIAG_NAME && data > 0 && data < NAME_SIZE) {
            memcpy(found->name, answer + at + NLA_HDRLEN, data);
            /* A name of the abstract space begins with NUL. */
            if (found->name[0] == '\0')
                found->name[0] = '@';
        }
        at += NLA_ALIGN(item->nla_len);
    }
    return true;
}

static bool look_unix(ino_t inode, struct socket_info *info)
{
    struct unix_found found;
    struct unix_found other;
    if (!find_unix(inode, &found))
        return false;
    /* A client has no name of its own; it knows the server's. */
    if (found.name[0] == '\0' && found.peer && find_unix(found.peer, &other))
        memcpy(found.name, other.name, sizeof found.name);
    info->name =
        found.name[0] ? xasprintf("a UNIX socket (%s)", found.name) : xstrdup("a UNIX socket");
    info->peer = found.peer;
    info->listens = found.listens;
    return true;
}

/* One line of /proc/net/tcp and its like. Addresses stay as the table spells them. */
struct inet_line {
    char local[48];
    char remote[48];
    unsigned state;
    uint64_t inode;
};

static bool parse_line(const char *text, struct inet_line *line)
{
    return sscanf(text, " %*u: %47s %47s %x %*s %*s %*s %*u %*u %" SCNu64, line->local,
                  line->remote, &line->state, &line->inode) == 4;
}

static FILE *open_table(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, name);
    return fopen(path, "re");
}

static bool find_line(pid_t pid, const char *name, bool (*fits)(const struct inet_line *, void *),
                      void *context, struct inet_line *line)
{
    char text[512];
    bool found = false;
    FILE *table = open_table(pid, name);
    for (int i = 0; table && !found && i < MOST_LINES && fgets(text, sizeof text, table); i++)
        found = parse_line(text, line) && fits(line, context);
    if (table)
        fclose(table);
    return found;
}

static bool has_inode(const struct inet_line *line, void *context)
{
    return line->inode == *(const uint64_t *)context;
}

static bool is_peer(const struct inet_line *line, void *context)
{
    const struct inet_line *other = context;
    return strcmp(line->local, other->remote) == 0 && strcmp(line->remote, other->local) == 0 &&
           line->inode != other->inode;
}

/* "127.0.0.1:80" from "0100007F:0050": words in the machine's byte order, the port as a number. */
static bool spell(const char *table, char *text, size_t size, unsigned *port)
{
    uint32_t words[4];
    char address[INET6_ADDRSTRLEN];
    const char *colon = strchr(table, ':');
    size_t count = colon ? (size_t)(colon - table) / 8 : 0;
    if ((count != 1 && count != 4) || sscanf(colon + 1, "%x", port) != 1)
        return false;
    for (size_t i = 0; i < count; i++) {
        char digits[9] = "";
        memcpy(digits, table + 8 * i, 8);
        words[i] = (uint32_t)strtoul(digits, NULL, 16);
    }
    if (!inet_ntop(count == 1 ? AF_INET : AF_INET6, words, address, sizeof address))
        return false;
    snprintf(text, size, count == 1 ? "%s:%u" : "[%s]:%u", address, *port);
    return true;
}

/* The lower end of the ports that the kernel gives to clients. */
static unsigned first_client_port(void)
{
    char text[64];
    if (proc_read_file("/proc/sys/net/ipv4/ip_local_port_range", text, sizeof text) <= 0)
        return 32768;
    return (unsigned)strtoul(text, NULL, 10);
}

static bool is_steady(unsigned port)
{
    return port != 0 && port < first_client_port();
}

static bool look_inet(pid_t pid, ino_t inode, struct socket_info *info)
{
    static const struct {
        const char *table;
        const char *kind;
    } tables[] = {{"tcp", "TCP"}, {"tcp6", "TCP"}, {"udp", "UDP"}, {"udp6", "UDP"}};
    uint64_t wanted = inode;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct inet_line line;
        struct inet_line peer;
        char address[64];
        unsigned port;
        if (!find_line(pid, tables[i].table, has_inode, &wanted, &line))
            continue;
        info->listens = tables[i].kind[0] == 'T' && line.state == TCP_LISTENS;
        bool steady = (spell(line.remote, address, sizeof address, &port) && is_steady(port)) ||
                      (spell(line.local, address, sizeof address, &port) && is_steady(port));
        info->name = steady ? xasprintf("a %s socket (%s)", tables[i].kind, address)
                            : xasprintf("a %s socket", tables[i].kind);
        if (!info->listens && find_line(pid, tables[i].table, is_peer, &line, &peer))
            info->peer = peer.inode;
        return true;
    }
    return false;
}

void socket_look(pid_t pid, ino_t inode, struct socket_info *info)
{
    *info = (struct socket_info){0};
    if (!look_unix(inode, info) && !look_inet(pid, inode, info))
        info->name = xstrdup("a socket");
}
