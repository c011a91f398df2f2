/*
 * fcntl_lock_lost_on_close: a file is opened and closed once more, and the lock on it is gone
 *
 * Story: a mail program locks the mailbox, counts the letters and writes it back without the
 *        one that was deleted. A delivery process that finds the mailbox locked gives up, and
 *        another tries later.
 * Wrong: a letter that is delivered in between is gone, although both sides lock the mailbox and
 *        check that they have it.
 * Why: a record lock of fcntl() belongs to the process and the file, not to a descriptor. Closing
 *      any descriptor of the file drops every lock that the process has on it: here one that a
 *      helper opened for itself to count the letters.
 * Fix: an open file description lock, which belongs to what was opened and goes with that.
 * Roadmap: processes, Lock, races
 * CWE: CWE-413 Improper Resource Locking; CWE-362 Concurrent Execution using Shared Resource with
 *      Improper Synchronization ('Race Condition')
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* A mailbox without a name in the file system can still be opened anew. */
static int open_mailbox(FILE *mailbox)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(mailbox));
    return open(path, O_RDWR | O_APPEND);
}

static bool set_lock(int box, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    return fcntl(box, F_OFD_SETLK, &whole) == 0;
}

static int count_letters(FILE *mailbox)
{
    int box = open_mailbox(mailbox), letters = 0;

    for (char byte; read(box, &byte, 1) == 1;)
        letters += byte == '\n';
    close(box);
    return letters;
}

/* A delivery process runs for each letter and each try. */
static bool deliver(FILE *mailbox, const char *letter)
{
    size_t length = strlen(letter);
    int status = -1;

    if (fork() == 0) {
        int box = open_mailbox(mailbox);

        if (!set_lock(box, F_WRLCK))
            _exit(EX_TEMPFAIL);
        _exit(write(box, letter, length) == (ssize_t)length ? EX_OK : EX_IOERR);
    }
    wait(&status);
    return status == 0;
}

int main(void)
{
    FILE *mailbox = tmpfile();
    char text[32] = "";

    if (mailbox == NULL || fputs("bill\nnews\n", mailbox) == EOF || fflush(mailbox) == EOF)
        return 1;

    int box = fileno(mailbox);

    assert(set_lock(box, F_WRLCK) && count_letters(mailbox) == 2);
    bool delivered = deliver(mailbox, "card\n");
    assert(pwrite(box, "news\n", 5, 0) == 5 && ftruncate(box, 5) == 0);
    set_lock(box, F_UNLCK);
    if (!delivered)
        assert(deliver(mailbox, "card\n"));
    assert(pread(box, text, sizeof(text) - 1, 0) > 0);
    fclose(mailbox);
    assert(strcmp(text, "news\ncard\n") == 0);          /* bug: wrong-result(text) */
    return 0;
}
