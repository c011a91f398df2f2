#include "detect/report_files.h"

#include "corpus/file.h"
#include "model/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool wanted(const char *name, const char *prefix, const char *suffix)
{
    size_t length = strlen(name);
    size_t tail = strlen(suffix);
    return strncmp(name, prefix, strlen(prefix)) == 0 && length >= tail &&
           strcmp(name + length - tail, suffix) == 0;
}

char *report_files_each(const char *folder, const char *prefix, const char *suffix,
                        report_file_reader *read, void *user, size_t *count)
{
    char *trouble = NULL;
    *count = 0;
    DIR *open = opendir(folder);
    if (!open)
        return xasprintf("%s: %s", folder, strerror(errno));
    struct dirent *entry = NULL;
    while (!trouble && (entry = readdir(open))) {
        if (!wanted(entry->d_name, prefix, suffix))
            continue;
        char *path = xasprintf("%s/%s", folder, entry->d_name);
        ++*count;
        trouble = read(path, user);
        free(path);
    }
    closedir(open);
    return trouble;
}

struct whole_reader {
    report_reader *read;
    void *user;
};

static char *read_whole(const char *path, void *user)
{
    const struct whole_reader *reader = user;
    char *text = NULL;
    size_t length = 0;
    int error = file_read(path, &text, &length);
    char *trouble = error ? xasprintf("%s: %s", path, strerror(-error))
                          : reader->read(text, length, reader->user);
    free(text);
    return trouble;
}

char *report_files_read(const char *folder, const char *prefix, const char *suffix,
                        report_reader *read, void *user, size_t *count)
{
    struct whole_reader reader = {read, user};
    return report_files_each(folder, prefix, suffix, read_whole, &reader, count);
}
