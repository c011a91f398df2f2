#include "present/source.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FOLDERS = 64 };

struct source {
    char *name;      /* as it is asked for */
    char *text;      /* NULL: not there */
    uint32_t *lines; /* where each begins */
    size_t line_count;
    size_t length;
};

struct sources {
    char **folders; /* the root is the first */
    size_t folder_count;
    struct source *items;
    size_t count;
    size_t bytes;   /* of all texts and beginnings of lines */
    char *confined; /* only files below this are read; NULL: any */
};

static void add_folder(struct sources *sources, const char *folder, size_t length)
{
    for (size_t i = 0; i < sources->folder_count; i++) {
        if (strncmp(sources->folders[i], folder, length) == 0 && !sources->folders[i][length])
            return;
    }
    if (sources->folder_count >= MOST_FOLDERS)
        return;
    char **slot =
        xappend((void **)&sources->folders, &sources->folder_count, sizeof(*sources->folders));
    *slot = xstrndup(folder, length);
}

static void add_folder_of(struct sources *sources, const char *root, const char *file)
{
    const char *slash = file ? strrchr(file, '/') : NULL;
    if (!slash || slash == file)
        return;
    if (*file == '/') {
        add_folder(sources, file, (size_t)(slash - file));
    } else if (root) {
        char *folder = xasprintf("%s/%.*s", root, (int)(slash - file), file);
        add_folder(sources, folder, strlen(folder));
        free(folder);
    }
}

static void add_folders_of_finding(struct sources *sources, const char *root,
                                   const struct finding *finding)
{
    for (size_t i = 0; i < finding->site_count; i++) {
        const struct site *site = &finding->sites[i];
        add_folder_of(sources, root, site->file);
        for (size_t f = 0; f < site->stack.count; f++) {
            if (!frame_is_foreign(&site->stack.frames[f]))
                add_folder_of(sources, root, site->stack.frames[f].file);
        }
    }
}

struct sources *sources_new(const struct inspection *inspection)
{
    struct sources *sources = xcalloc(1, sizeof(*sources));
    if (inspection->root)
        add_folder(sources, inspection->root, strlen(inspection->root));
    if (inspection->logs)
        sources->confined = xstrdup(inspection->root ? inspection->root : "/nonexistent");
    for (size_t d = 0; d < inspection->detector_count; d++) {
        const struct inspected *detector = &inspection->detectors[d];
        for (size_t r = 0; r < detector->run_count; r++) {
            const struct findings *findings = &detector->runs[r].report.findings;
            for (size_t i = 0; i < findings->count; i++)
                add_folders_of_finding(sources, inspection->root, &findings->items[i]);
        }
    }
    return sources;
}

void sources_free(struct sources *sources)
{
    if (!sources)
        return;
    for (size_t i = 0; i < sources->count; i++) {
        free(sources->items[i].name);
        free(sources->items[i].text);
        free(sources->items[i].lines);
    }
    for (size_t i = 0; i < sources->folder_count; i++)
        free(sources->folders[i]);
    free(sources->folders);
    free(sources->confined);
    free(sources->items);
    free(sources);
}

/* Whether the open file lies below the folder, whatever links led to it. */
static bool lies_below(int fd, const char *folder)
{
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t prefix = strlen(folder);
    return length > 0 && (size_t)length > prefix && memcmp(path, folder, prefix) == 0 &&
           path[prefix] == '/';
}

/* A descriptor of a regular file that is no larger than a source may be; or -1. */
static int open_regular(const struct sources *sources, const char *path, struct stat *status)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -1;
    if ((!sources->confined || lies_below(fd, sources->confined)) && fstat(fd, status) == 0 &&
        S_ISREG(status->st_mode) && status->st_size >= 0 && (size_t)status->st_size <= SOURCE_MOST)
        return fd;
    close(fd);
    return -1;
}

/* The file of this name: by itself, then below the root; then its last part in all folders. */
static int find_file(const struct sources *sources, const char *name)
{
    struct stat status;
    if (*name == '/') {
        int fd = open_regular(sources, name, &status);
        if (fd >= 0)
            return fd;
    } else if (strchr(name, '/') && sources->folder_count > 0) {
        char *path = xasprintf("%s/%s", sources->folders[0], name);
        int fd = open_regular(sources, path, &status);
        free(path);
        if (fd >= 0)
            return fd;
    }
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;
    struct stat found_status = {0};
    int found = -1;
    for (size_t i = 0; *last && i < sources->folder_count; i++) {
        char *path = xasprintf("%s/%s", sources->folders[i], last);
        int fd = open_regular(sources, path, &status);
        free(path);
        if (fd < 0)
            continue;
        if (found < 0) {
            found = fd;
            found_status = status;
            continue;
        }
        close(fd);
        if (status.st_dev != found_status.st_dev || status.st_ino != found_status.st_ino) {
            close(found);
            return -1;
        }
    }
    return found;
}

/* All of the file; NULL where it cannot be read, is binary or has grown too large. */
static char *read_text(int fd, size_t most, size_t *length)
{
    size_t room = 1 << 16;
    size_t used = 0;
    char *text = xcalloc(room, 1);
    for (;;) {
        ssize_t got = read(fd, text + used, room - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got == 0 && !memchr(text, '\0', used)) {
                *length = used;
                return text;
            }
            break;
        }
        used += (size_t)got;
        if (used > most)
            break;
        if (used == room) {
            char *larger = xcalloc(room * 2, 1);
            memcpy(larger, text, used);
            free(text);
            text = larger;
            room *= 2;
        }
    }
    free(text);
    return NULL;
}

static void split(struct source *source)
{
    for (size_t at = 0; at < source->length;) {
        uint32_t *slot =
            xappend((void **)&source->lines, &source->line_count, sizeof(*source->lines));
        *slot = (uint32_t)at;
        const char *end = memchr(source->text + at, '\n', source->length - at);
        at = end ? (size_t)(end - source->text) + 1 : source->length;
    }
}

static const struct source *get_source(struct sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->items[i].name, name) == 0)
            return &sources->items[i];
    }
    struct source *source =
        xappend((void **)&sources->items, &sources->count, sizeof(*sources->items));
    source->name = xstrdup(name);
    int fd = find_file(sources, name);
    if (fd < 0)
        return source;
    size_t left = sources->bytes < SOURCES_MOST ? SOURCES_MOST - sources->bytes : 0;
    source->text = read_text(fd, left < SOURCE_MOST ? left : SOURCE_MOST, &source->length);
    close(fd);
    if (source->text) {
        split(source);
        sources->bytes += source->length + source->line_count * sizeof(*source->lines);
    }
    return source;
}

char *sources_line(const char *file, int line, void *sources)
{
    if (!file || !*file || line < 1)
        return NULL;
    const struct source *source = get_source(sources, file);
    if ((size_t)line > source->line_count)
        return NULL;
    const char *begin = source->text + source->lines[line - 1];
    size_t length = source->length - source->lines[line - 1];
    const char *end = memchr(begin, '\n', length);
    length = end ? (size_t)(end - begin) : length;
    if (length > 0 && begin[length - 1] == '\r')
        length--;
    return xstrndup(begin, length < SOURCE_LINE_MOST ? length : SOURCE_LINE_MOST);
}

const char *sources_text(struct sources *sources, const char *file, size_t *length)
{
    const struct source *source = file && *file ? get_source(sources, file) : NULL;
    *length = source ? source->length : 0;
    return source ? source->text : NULL;
}
