/*
 * Sockets by their inode: their addresses and peers, as the kernel lists them.
 */
#ifndef RACELAB_EXPLAIN_WAITS_SOCKETS_H
#define RACELAB_EXPLAIN_WAITS_SOCKETS_H

#include <stdbool.h>
#include <sys/types.h>

struct socket_info {
    char *name; /* "a UNIX socket (/run/x)", "a TCP socket (127.0.0.1:80)", "a socket" */
    ino_t peer; /* the inode of the other end, where that is on this machine and accepted; else 0 */
    bool listens;
};

/*
 * `pid` says whose network namespace is listed; UNIX sockets of another one than the caller's are
 * found without a peer. Of a TCP connection the name has the port that is not of the range for
 * clients, so that the same program has the same name in every run; where both are, none.
 * The caller frees info->name.
 */
void socket_look(pid_t pid, ino_t inode, struct socket_info *info);

#endif
