/*
 * file_counter_read_modify_write: a number read from a file, and written back when it is old
 *
 * Story: a repository server forks a process for each author who commits. The process asks for the
 *        change, which may take long to come, and gives it the number after the one in `current`.
 * Wrong: two authors are told that their change is revision 8, and the newer of the two has taken
 *        the older one's place.
 * Why: the file keeps the number, not the right to the next one. Both processes read 7 before
 *      either writes 8. pread() and pwrite() are each atomic, and no lock holds from one to the
 *      other.
 * Fix: the number is taken when the change is there, from reading to writing under a lock that the
 *      kernel keeps for the file.
 * Roadmap: processes, Lock, races, server
 * CWE: CWE-362 Concurrent Execution using Shared Resource with Improper Synchronization ('Race
 *      Condition'); CWE-413 Improper Resource Locking
 * CERT: none
 */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AUTHORS = 2 };

static bool commit(int current, int author)
{
    int revision = 0;
    char change;

    bool received = write(author, "?", 1) == 1 && read(author, &change, 1) == 1;
    lockf(current, F_LOCK, 0);
    bool known = pread(current, &revision, sizeof(revision), 0) == sizeof(revision);
    revision++;
    bool kept = pwrite(current, &revision, sizeof(revision), 0) == sizeof(revision);
    lockf(current, F_ULOCK, 0);
    return known && received && kept &&
           write(author, &revision, sizeof(revision)) == sizeof(revision);
}

int main(void)
{
    FILE *file = tmpfile();                     /* without a name: nothing stays behind */
    int line[AUTHORS][2], revision = 7, told = 0;
    char ask;

    if (file == NULL || pwrite(fileno(file), &revision, sizeof(revision), 0) != sizeof(revision))
        return 1;
    for (int i = 0; i < AUTHORS; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, line[i]) == -1)
            return 1;
        if (fork() == 0)
            _exit(commit(fileno(file), line[i][1]) ? 0 : 1);
        close(line[i][1]);
        assert(read(line[i][0], &ask, 1) == 1);
    }
    /* Who was asked last has the faster line. */
    for (int i = AUTHORS - 1; i >= 0; i--) {
        assert(write(line[i][0], "c", 1) == 1);
        assert(read(line[i][0], &revision, sizeof(revision)) == sizeof(revision));
        told += revision;
        close(line[i][0]);
    }
    for (int i = 0, status; i < AUTHORS; i++)
        assert(wait(&status) > 0 && status == 0);
    fclose(file);
    assert(told == 8 + 9);                      /* bug: wrong-result(told) */
    return 0;
}
