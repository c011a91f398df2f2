#include "model/folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>

enum { OPEN_FOLDERS = 16 };

static int remove_below(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    return walk->level > 0 ? remove(path) : 0;
}

int folder_clear(const char *path)
{
    return nftw(path, remove_below, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : -errno;
}

int folder_remove(const char *path)
{
    int error = folder_clear(path);
    if (!error && remove(path) != 0)
        error = -errno;
    return error;
}
