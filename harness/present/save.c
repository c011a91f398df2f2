#include "present/save.h"

#include "model/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes and says whether every byte has arrived: a full disk may show only on closing. */
static int write_all(FILE *out, save_fn *write, const void *document)
{
    errno = 0;
    int result = write(out, document);
    bool failed = fflush(out) != 0 || ferror(out);
    if (failed && !result)
        result = -(errno ? errno : EIO);
    return result;
}

int save(const char *path, save_fn *write, const void *document)
{
    if (strcmp(path, "-") == 0)
        return write_all(stdout, write, document);
    struct stat status;
    bool regular = stat(path, &status) != 0 || S_ISREG(status.st_mode);
    char *beside = regular ? xasprintf("%s.%ld.tmp", path, (long)getpid()) : xstrdup(path);
    int result = 0;
    FILE *out = fopen(beside, "we");
    if (!out) {
        result = -errno;
        goto out;
    }
    result = write_all(out, write, document);
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
