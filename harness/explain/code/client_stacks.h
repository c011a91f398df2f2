/*
 * The stacks of a program that runs under Valgrind. Its threads run on a processor that Valgrind
 * plays, so that the kernel knows nothing of them; Valgrind is asked by its own means, vgdb (Valgrind
 * manual 3.2.9, monitor command v.info scheduler).
 */
#ifndef RACELAB_EXPLAIN_CODE_CLIENT_STACKS_H
#define RACELAB_EXPLAIN_CODE_CLIENT_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct client_stack {
    pid_t tid;
    uint64_t sp;   /* 0 unknown */
    uint64_t *pcs; /* innermost first; behind the first, the byte before each return address */
    size_t count;
};

struct client_stacks {
    struct client_stack *items;
    size_t count;
    char *note; /* why they are missing; or NULL */
};

/* True where the process runs under Valgrind. */
bool client_of_valgrind(pid_t pid);

/* Asks Valgrind, which needs a tenth of a second; gives up after some seconds, with `note`. Release
 * with client_stacks_release() in every case. */
void client_stacks_read(pid_t pid, struct client_stacks *stacks);
void client_stacks_release(struct client_stacks *stacks);
const struct client_stack *client_stack_of(const struct client_stacks *stacks, pid_t tid);

/* Reads what vgdb prints. Pure. */
void client_stacks_parse(const char *text, struct client_stacks *stacks);

#endif
