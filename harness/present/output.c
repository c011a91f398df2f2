#include "present/output.h"

#include "model/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A full disk may show only on flushing. */
static int fill(FILE *out, output_fn *write, const void *user)
{
    errno = 0;
    int result = write(out, user);
    bool failed = ferror(out) != 0;
    failed = fflush(out) != 0 || failed;
    if (!result && failed)
        result = -(errno ? errno : EIO);
    return result;
}

int output_write(const char *path, output_fn *write, const void *user)
{
    if (strcmp(path, "-") == 0)
        return fill(stdout, write, user);
    struct stat status;
    bool regular = stat(path, &status) != 0 || S_ISREG(status.st_mode);
    char *beside = regular ? xasprintf("%s.%ld.tmp", path, (long)getpid()) : xstrdup(path);
    int result = 0;
    FILE *out = fopen(beside, "we");
    if (!out) {
        result = -errno;
        goto out;
    }
    result = fill(out, write, user);
    if (fclose(out) != 0 && !result)
        result = -errno;
    if (!result && regular && rename(beside, path) != 0)
        result = -errno;
    if (result && regular)
        unlink(beside);
out:
    free(beside);
    return result;
}
