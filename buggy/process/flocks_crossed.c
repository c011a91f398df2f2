/*
 * flocks_crossed: two processes lock the same two files in opposite order
 *
 * Story: a phone and a laptop keep their contacts in a file each. When both have said hello, each
 *        copies its contact into the other's file.
 * Wrong: after the hello nothing more happens. Both processes wait, without an error, until
 *        somebody kills one; then the other makes its copy.
 * Why: each process holds the flock() on its own file while it asks for the one on the other's. The
 *      kernel looks for cycles among fcntl() locks and answers EDEADLK; for flock() it does not.
 * Fix: nothing ties what is read in one file to what is in the other, so each process unlocks its
 *      own file before it locks the other's: no process waits for a lock with a lock.
 * Roadmap: processes, Lock, deadlocks
 * CWE: CWE-833 Deadlock; CWE-667 Improper Locking
 * CERT: none
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTACT = 4 };

/* A flock() belongs to the open file, which fork() shares: each process opens the file anew. */
static int open_again(FILE *file)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    return open(path, O_RDWR | O_APPEND);
}

static int copy_contact(FILE *own_file, FILE *other_file, int peer)
{
    int own = open_again(own_file), other = open_again(other_file);
    char contact[CONTACT], hello = 'h';
    ssize_t copied = -1;

    flock(own, LOCK_EX);
    if (read(own, contact, CONTACT) == CONTACT && write(peer, &hello, 1) == 1 &&
        read(peer, &hello, 1) == 1) {
        flock(other, LOCK_EX);          /* bug: hang(own, other);
            explore blind: a forked child runs freely */
        copied = write(other, contact, CONTACT);
        flock(other, LOCK_UN);
    }
    flock(own, LOCK_UN);
    close(own);
    close(other);
    return copied == CONTACT ? 0 : 1;
}

int main(void)
{
    FILE *phone = tmpfile(), *laptop = tmpfile(); /* without a name: nothing stays behind */
    int link[2], status = -1;

    if (phone == NULL || laptop == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, link) == -1)
        return 1;
    fputs("Ada\n", phone);
    fflush(phone);
    fputs("Bob\n", laptop);
    fflush(laptop);
    if (fork() == 0)
        _exit(copy_contact(laptop, phone, link[1]));
    assert(copy_contact(phone, laptop, link[0]) == 0);
    wait(&status);
    assert(status == 0);
    assert(lseek(fileno(phone), 0, SEEK_END) == 2 * CONTACT);
    assert(lseek(fileno(laptop), 0, SEEK_END) == 2 * CONTACT);
    fclose(phone);
    fclose(laptop);
    return 0;
}
