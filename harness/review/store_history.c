#include "review/store_part.h"

#include "corpus/file.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void records_release(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        record_release(&records->items[i]);
    free(records->items);
    free(records->torn);
    *records = (struct records){0};
}

/* Where the last line begins. It ends in a newline, unless it was cut short. */
static size_t last_line(const char *text, size_t length)
{
    const char *newline = length ? memrchr(text, '\n', length) : NULL;
    return newline ? (size_t)(newline + 1 - text) : 0;
}

static int lock_file(int fd, int operation)
{
    while (flock(fd, operation) != 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/*
 * The history ends without a newline. Where the last line is a record all the same, *whole is true; else it is moved to
 * torn.jsonl. Returns 0 or a negative errno.
 */
static int tidy_end(const struct store *store, int fd, bool *whole)
{
    char *text = NULL;
    size_t length = 0;
    int result = file_read(store->history, &text, &length);
    if (result)
        return result;
    size_t begin = last_line(text, length);
    struct record record;
    char *why = NULL;
    *whole = store_record_read(text + begin, length - begin, &record, &why);
    record_release(&record);
    free(why);
    if (!*whole) {
        /* The NUL behind the text makes place for a newline; the text itself may hold some. */
        text[length] = '\n';
        result = store_write(store->torn, O_APPEND, text + begin, length + 1 - begin);
        if (!result && ftruncate(fd, (off_t)begin) != 0)
            result = -errno;
    }
    free(text);
    return result;
}

static int append_line(const struct store *store, int fd, const char *line)
{
    int result = lock_file(fd, LOCK_EX);
    struct stat before;
    if (!result && fstat(fd, &before) != 0)
        result = -errno;
    if (result)
        return result;
    bool whole = false;
    char end = '\n';
    errno = 0;
    if (before.st_size > 0 && pread(fd, &end, 1, before.st_size - 1) != 1)
        return errno ? -errno : -EIO;
    if (end != '\n') {
        result = tidy_end(store, fd, &whole);
        if (!result && fstat(fd, &before) != 0)
            result = -errno;
        if (result)
            return result;
    }
    char *text = xasprintf("%s%s", whole ? "\n" : "", line);
    size_t length = strlen(text);
    ssize_t written = 0;
    do
        written = write(fd, text, length);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        result = -errno;
    else if ((size_t)written < length)
        result = -ENOSPC;
    else
        result = store_sync(fd);
    /* Half a line would be taken for what a crash has left. */
    if (result && written > 0 && ftruncate(fd, before.st_size) != 0)
        result = -errno;
    free(text);
    if (!result && before.st_size == 0)
        result = store_sync_folder(store);
    return result;
}

int store_append(struct store *store, const struct record *record, char **message)
{
    *message = NULL;
    char *line = store_record_line(record);
    if (!line)
        return store_fail(message, EINVAL, "%s: a round of `%s` cannot be written as JSON",
                          store->history, record->pair);
    int result = 0;
    int fd = open(store->history, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        result = -errno;
    else
        result = append_line(store, fd, line);
    if (fd >= 0 && close(fd) != 0 && !result)
        result = -errno;
    if (result)
        store_fail(message, -result,
                   "%s: %s; this round is not in the history. Make room and see that the file can "
                   "be written to, or go on without",
                   store->history, strerror(-result));
    free(line);
    return result;
}

/* Reads the lines of the text. */
static int read_lines(const struct store *store, const char *text, size_t length,
                      struct records *records, char **message)
{
    size_t number = 0;
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t end = newline ? (size_t)(newline - text) : length;
        struct record record;
        char *why = NULL;
        number++;
        if (strspn(text + at, " \t\r") >= end - at) {
            at = end + 1; /* a blank line, which an editor has left */
            continue;
        }
        if (store_record_read(text + at, end - at, &record, &why)) {
            struct record *slot =
                xappend((void **)&records->items, &records->count, sizeof(*records->items));
            *slot = record;
        } else if (newline) {
            int result = store_fail(message, EBADMSG,
                                    "%s:%zu: this line is no finished round: %s; mend or delete "
                                    "it, or move the whole history aside with `racelab review "
                                    "--reset`",
                                    store->history, number, why);
            free(why);
            return result;
        } else {
            records->torn = xasprintf("%s:%zu: this last line was cut short, by a crash or a full "
                                      "disk, and is left out; all others count",
                                      store->history, number);
        }
        free(why);
        at = end + 1;
    }
    return 0;
}

int store_history(struct store *store, struct records *records, char **message)
{
    *records = (struct records){0};
    *message = NULL;
    int fd = open(store->history, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    char *text = NULL;
    size_t length = 0;
    int result = fd < 0 ? -errno : lock_file(fd, LOCK_SH);
    if (!result)
        result = file_read(store->history, &text, &length);
    if (fd >= 0)
        close(fd);
    if (result)
        return store_fail(message, -result, "%s: %s; see that it is a file that you may read",
                          store->history, strerror(-result));
    result = read_lines(store, text, length, records, message);
    free(text);
    return result;
}
