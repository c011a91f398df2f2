#include "corpus/file.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, char **text, size_t *length)
{
    char *buffer = NULL;
    int result = 0;
    /* O_NONBLOCK: a FIFO of that name must not hang the tool. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    struct stat status;
    if (fstat(fd, &status) != 0) {
        result = -errno;
        goto out;
    }
    if (!S_ISREG(status.st_mode)) {
        result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
        goto out;
    }
    size_t size = (size_t)status.st_size;
    size_t got = 0;
    buffer = xcalloc(size + 1, 1);
    while (got < size) {
        ssize_t n = read(fd, buffer + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            result = -errno;
            goto out;
        }
        if (n == 0)
            break; /* it shrank meanwhile */
        got += (size_t)n;
    }
    buffer[got] = '\0';
    *text = buffer;
    *length = got;
    buffer = NULL;
out:
    free(buffer);
    close(fd);
    return result;
}
