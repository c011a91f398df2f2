#include "cli/report_dir.h"

#include "model/memory.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

char *report_dir_make(void)
{
    const char *base = getenv("TMPDIR");
    char *path = xasprintf("%s/racelab-XXXXXX", base && *base ? base : "/tmp");
    if (mkdtemp(path))
        return path;
    free(path);
    return NULL;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    remove(path);
    return 0;
}

void report_dir_remove(char *path)
{
    if (path)
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}
