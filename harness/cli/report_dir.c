#include "cli/report_dir.h"

#include "model/memory.h"
#include "supervise/reports.h"

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

void report_dir_remove(char *path)
{
    int fd = path ? reports_open(path) : -1;
    if (fd >= 0)
        reports_remove(fd, path);
    free(path);
}
