/*
 * pipes_full_both_ways: parent and child write to each other before either reads on
 *
 * Story: an editor passes a text through a filter process: it writes the text into one pipe and
 *        takes the filtered text from another.
 * Wrong: short texts come back. With a text longer than the two pipes hold together, editor and
 *        filter stand still.
 * Why: the filter writes as it reads. Nobody takes from the pipe of results before the whole text
 *      is written, so it fills up; then the filter waits in write() and reads no more, the pipe of
 *      text fills up as well, and the editor waits in write() too.
 * Fix: a thread of the editor writes the text while main reads the result.
 * Roadmap: processes, Pipe, threads, deadlocks
 * CWE: CWE-833 Deadlock
 * CERT: none
 */
#define _GNU_SOURCE
#include <assert.h>
#include <ctype.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCK = 4096 };

struct text {
    int fd; /* of the pipe that it is written into */
    int blocks;
};

static void write_all(int fd, const char *data, ssize_t size)
{
    for (ssize_t written; size > 0; size -= written, data += written) {
        written = write(fd, data, (size_t)size);    /* bug: hang(text, result);
            explore blind: a forked child runs freely */
        if (written == -1)
            _exit(1);
    }
}

static void *send_text(void *arg)
{
    const struct text *text = arg;
    char block[BLOCK];

    memset(block, 'a', BLOCK);
    for (int i = 0; i < text->blocks; i++)
        write_all(text->fd, block, BLOCK);
    close(text->fd);
    return NULL;
}

static void filter(int text, int result)
{
    char block[BLOCK];
    ssize_t size;

    while ((size = read(text, block, BLOCK)) > 0) {
        for (ssize_t i = 0; i < size; i++)
            block[i] = (char)toupper((unsigned char)block[i]);
        write_all(result, block, size);
    }
}

int main(void)
{
    int text[2], result[2], status = -1;
    long returned = 0;
    char block[BLOCK];
    ssize_t size;
    pthread_t sender;

    if (pipe(text) == -1 || pipe(result) == -1)
        return 1;
    int hold = fcntl(text[1], F_GETPIPE_SZ) + fcntl(result[1], F_GETPIPE_SZ);
    struct text longer = {text[1], 2 * hold / BLOCK};

    if (fork() == 0) {
        close(text[1]);
        filter(text[0], result[1]);
        _exit(0);
    }
    close(text[0]);
    close(result[1]);
    pthread_create(&sender, NULL, send_text, &longer);
    while ((size = read(result[0], block, BLOCK)) > 0)
        for (ssize_t i = 0; i < size; i++)
            returned += block[i] == 'A';
    pthread_join(sender, NULL);
    wait(&status);
    assert(status == 0 && returned == (long)longer.blocks * BLOCK);
    return 0;
}
