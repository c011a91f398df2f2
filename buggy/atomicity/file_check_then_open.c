/*
 * file_check_then_open: a file checked by its name, then opened by its name
 *
 * Story: a file server sends what users put into its outbox, but no links, which could lead
 *        anywhere. It says that it has the file, waits until the user is ready, and sends it.
 * Wrong: a user who exchanges the file for a link in between gets the server's password.
 * Why: a path is looked up anew by each call that is given it. lstat() saw the file that had the
 *      name then, open() follows the link that has it now: the answer and the descriptor are of
 *      two different files.
 * Fix: open first, without following links, and ask fstat() about what is open. A descriptor stays
 *      with its file, whatever becomes of the name.
 * Roadmap: processes, Pipe, races, server
 * CWE: CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition; CWE-59 Improper Link Resolution
 *      Before File Access ('Link Following')
 * CERT: FIO45-C; POS35-C
 */
#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool send_file(const char *name, int user)
{
    struct stat about;
    char text[16], byte;

    bool regular = lstat(name, &about) == 0 && S_ISREG(about.st_mode);
    bool ready = regular && write(user, "f", 1) == 1 && read(user, &byte, 1) == 1;
    int file = open(name, O_RDONLY);
    ssize_t length = ready ? read(file, text, sizeof(text)) : -1;
    close(file);
    return length > 0 && write(user, text, (size_t)length) == length;
}

static bool put_file(const char *name, const char *text)
{
    ssize_t length = (ssize_t)strlen(text);
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    bool written = write(file, text, (size_t)length) == length;

    close(file);
    return written;
}

int main(void)
{
    char outbox[] = "/tmp/outboxXXXXXX", received[16] = "", found;
    int line[2], status = -1;

    if (mkdtemp(outbox) == NULL || chdir(outbox) == -1 || !put_file("password", "sesame") ||
        !put_file("picture", "cat") || socketpair(AF_UNIX, SOCK_STREAM, 0, line) == -1)
        return 1;
    if (fork() == 0)
        _exit(send_file("picture", line[1]) ? 0 : 1);
    close(line[1]);

    bool exchanged = read(line[0], &found, 1) == 1 && unlink("picture") == 0 &&
                     symlink("password", "picture") == 0;
    bool got = write(line[0], "r", 1) == 1 && read(line[0], received, sizeof(received) - 1) > 0;
    wait(&status);
    unlink("picture");
    unlink("password");
    rmdir(outbox);
    assert(exchanged && got && status == 0);
    assert(strcmp(received, "cat") == 0);   /* bug: wrong-result(received) */
    return 0;
}
