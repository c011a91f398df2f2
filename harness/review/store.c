#include "review/store_part.h"

#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ELSEWHERE "or set XDG_STATE_HOME to a folder that can be written to"

int store_fail(char **message, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *message = xvasprintf(format, args);
    va_end(args);
    return -error;
}

int store_sync(int fd)
{
    return fsync(fd) != 0 && errno != EINVAL ? -errno : 0;
}

int store_write(const char *path, int flags, const char *text, size_t length)
{
    int fd = open(path, flags | O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int result = 0;
    while (length > 0 && !result) {
        ssize_t written = write(fd, text, length);
        if (written >= 0) {
            text += written;
            length -= (size_t)written;
        } else if (errno != EINTR) {
            result = -errno;
        }
    }
    if (!result)
        result = store_sync(fd);
    if (close(fd) != 0 && !result)
        result = -errno;
    return result;
}

int store_sync_folder(const struct store *store)
{
    int fd = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = store_sync(fd);
    close(fd);
    return result;
}

static struct store *store_new(char **message)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    bool named = state && *state == '/';
    if (!named && (!home || !*home)) {
        *message = xstrdup(
            "HOME is not set, so that there is no place for the progress; set it, " ELSEWHERE);
        return NULL;
    }
    struct store *store = xcalloc(1, sizeof(*store));
    store->folder =
        named ? xasprintf("%s/racelab", state) : xasprintf("%s/.local/state/racelab", home);
    store->session = xasprintf("%s/session.json", store->folder);
    store->history = xasprintf("%s/history.jsonl", store->folder);
    store->torn = xasprintf("%s/torn.jsonl", store->folder);
    store->lock = -1;
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    if (store->lock >= 0)
        close(store->lock);
    free(store->folder);
    free(store->session);
    free(store->history);
    free(store->torn);
    free(store);
}

bool store_is_second(const struct store *store)
{
    return store->lock < 0;
}

/* The folder with those above it, for nobody else to read. Returns 0 or a negative errno. */
static int make_folder(const char *path)
{
    char *part = xstrdup(path);
    int result = 0;
    for (char *at = part; *at && !result;) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        char cut = *at;
        *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            result = -errno;
        *at = cut;
    }
    struct stat status;
    if (!result && stat(path, &status) != 0)
        result = -errno;
    if (!result && !S_ISDIR(status.st_mode))
        result = -ENOTDIR;
    free(part);
    return result;
}

static int take_lock(struct store *store, char **message)
{
    char *path = xasprintf("%s/lock", store->folder);
    int result = 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        store->lock = fd;
        fd = -1;
    } else if (fd < 0 || errno != EWOULDBLOCK) {
        int error = errno;
        result = store_fail(message, error,
                            "%s: cannot be locked, so that two sessions could spoil each other's "
                            "progress: %s; mend that, " ELSEWHERE,
                            path, strerror(error));
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return result;
}

int store_open_history(struct store **store, char **message)
{
    *message = NULL;
    *store = store_new(message);
    return *store ? 0 : -EINVAL;
}

int store_open(struct store **store, char **message)
{
    int result = store_open_history(store, message);
    if (result)
        return result;
    result = make_folder((*store)->folder);
    if (result)
        store_fail(message, -result,
                   "%s: the folder cannot be made: %s; make it yourself, " ELSEWHERE,
                   (*store)->folder, strerror(-result));
    else
        result = take_lock(*store, message);
    if (result) {
        store_close(*store);
        *store = NULL;
    }
    return result;
}

/* A name beside `path` that is free, ending in `stamp`; from malloc. Only who holds the lock asks. */
static char *free_name(const char *path, const char *stamp)
{
    char *name = xasprintf("%s.%s", path, stamp);
    struct stat status;
    for (unsigned i = 2; lstat(name, &status) == 0; i++) {
        free(name);
        name = xasprintf("%s.%s.%u", path, stamp, i);
    }
    return name;
}

int store_reset(struct store *store, char **told, char **message)
{
    *told = NULL;
    *message = NULL;
    if (store_is_second(store))
        return store_fail(message, EBUSY,
                          "%s: a session is under way; end it, then reset the progress",
                          store->folder);
    char stamp[sizeof("20261122-101502")] = "";
    time_t now = time(NULL);
    struct tm local;
    if (!localtime_r(&now, &local) || !strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &local))
        return store_fail(message, EOVERFLOW, "the clock tells no date (%lld); set it",
                          (long long)now);
    const char *const paths[] = {store->session, store->history, store->torn};
    char *moved = xstrdup("");
    int result = 0;
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths) && !result; i++) {
        char *aside = free_name(paths[i], stamp);
        if (rename(paths[i], aside) == 0) {
            char *longer = xasprintf("%s%s%s is now %s", moved, *moved ? "; " : "", paths[i],
                                     strrchr(aside, '/') + 1);
            free(moved);
            moved = longer;
        } else if (errno != ENOENT) {
            int error = errno;
            result =
                store_fail(message, error, "%s: cannot be moved to %s: %s; move it yourself%s%s",
                           paths[i], aside, strerror(error), *moved ? "; " : "", moved);
        }
        free(aside);
    }
    if (!result)
        result = store_sync_folder(store);
    if (result && !*message)
        store_fail(message, -result, "%s: %s", store->folder, strerror(-result));
    store->session_is_own = false;
    if (!result)
        *told = *moved ? xstrdup(moved)
                       : xasprintf("%s: there is no progress to move aside", store->folder);
    free(moved);
    return result;
}
