/*
 * crawler_seen_set: a crawler looks into its seen-set without a lock, and ends before a redirect
 *
 * Story: Three workers crawl a web site. A set of the paths seen keeps them from fetching a page
 *   twice; a count of the pages that wait or are worked on tells them when the crawl is over.
 * Wrong: Two bugs. The crawl can end before the target of a redirect: of a site whose entrance
 *   redirects not a page comes back. And where a processor or compiler reorders stores, a path
 *   that is just being added can look like a shorter one, whose page is then never fetched.
 * Why: A redirect is counted out before its target is counted in. With nothing else pending the
 *   count falls to zero, which is the end. The first look at the set takes no lock, so that nothing
 *   orders it with the stores of a worker that adds a path: that they hold the lock is no help.
 * Fix: The target is counted in first, so that the count has no gap. The first look goes: the
 *   second, with the lock held, is all that is needed.
 * Roadmap: threads, Lock, Condition, Queue, races, server
 * CWE: CWE-366 Race Condition within a Thread; CWE-820 Missing Synchronization; CWE-696 Incorrect
 *   Behavior Order
 * CERT: CON43-C; POS49-C
 * Size: large
 */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS = 3, PAGES = 8, DANGLING = 1, MAX_PATHS = 32, SLOTS = 2 * MAX_PATHS };
enum { PATH_SIZE = 32, TEXT_SIZE = 128, OK = 200, MOVED = 301 };

/* An answer is a status, and then the links of the page or the target of the redirect. */
static const struct {
    const char *path, *answer;
} site[] = {
    {"/", "301\n/docs\n"},
    {"/docs", "200\n/docs/\n"},
    {"/docs/", "200\n/docs/install\n/docs/use\n/docs/api\n/docs/faq\n/\n"},
    {"/docs/install", "200\n/docs/\n/docs/use\n/docs/old\n"},
    {"/docs/use", "200\n/docs/\n/docs/install\n/docs/api\n"},
    {"/docs/api", "200\n/docs/\n/docs/api/get\n/docs/api/put\n"},
    {"/docs/api/get", "200\n/docs/api\n/docs/api/put\n"},
    {"/docs/api/put", "200\n/docs/api\n/docs/api/get\n"},
    {"/docs/faq", "200\n/docs/\n/docs/gone\n"},
    {"/docs/old", "301\n/docs/faq\n"},
};

/* A hash table with linear probing. A path that is in it stays there, and does not change. */
struct seen {
    pthread_mutex_t lock;    /* guards what follows */
    const char *path[SLOTS]; /* by hash, each in text; NULL where free */
    char text[MAX_PATHS][PATH_SIZE];
    size_t count;
};

struct frontier {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    const char *path[MAX_PATHS]; /* in the seen-set; path[head..tail) wait for a worker */
    size_t head, tail;
    size_t pending; /* those that wait and those that are worked on */
    bool finished;  /* pending has come down to zero */
};

struct crawler {
    struct sockaddr_in server;
    struct seen seen;
    struct frontier frontier;
};

struct worker {
    struct crawler *crawler;
    pthread_t thread;
    int pages, dangling;
};

static void check(bool success, const char *what)
{
    if (!success) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

static void spawn(pthread_t *thread, void *(*run)(void *), void *arg)
{
    errno = pthread_create(thread, NULL, run, arg);
    check(errno == 0, "pthread_create");
}

/* Up to the first `end`, or to the end of the stream where that is '\0'. Gives the length, or a
 * negative errno. */
static ssize_t receive_text(int fd, char *text, size_t size, char end)
{
    size_t length = 0;

    while (end == '\0' || memchr(text, end, length) == NULL) {
        if (length + 1 == size)
            return -EMSGSIZE;
        ssize_t received = recv(fd, text + length, size - 1 - length, 0);
        if (received == 0)
            break;
        if (received > 0)
            length += (size_t)received;
        else if (errno != EINTR)
            return -errno;
    }
    text[length] = '\0';
    return (ssize_t)length;
}

static int send_text(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return -errno;
        if (sent > 0) {
            text += sent;
            left -= (size_t)sent;
        }
    }
    return 0;
}

static int dial(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t size = sizeof(int);

    check(fd >= 0, "socket");
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
        check(errno == EINTR, "connect"); /* which goes on by itself then */
        struct pollfd connected = {.fd = fd, .events = POLLOUT};
        while (poll(&connected, 1, -1) < 0)
            check(errno == EINTR, "poll");
        check(getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &size) == 0 && errno == 0, "connect");
    }
    return fd;
}

/* Answers one request. False where that was to stop. */
static bool answer(int fd)
{
    char request[TEXT_SIZE];
    const char *reply = "404\n";

    if (receive_text(fd, request, sizeof(request), '\n') <= 0)
        return true;
    request[strcspn(request, "\n")] = '\0';
    if (strcmp(request, "STOP") == 0)
        return false;
    for (size_t i = 0; i < sizeof(site) / sizeof(site[0]); i++)
        if (strncmp(request, "GET ", 4) == 0 && strcmp(request + 4, site[i].path) == 0)
            reply = site[i].answer;
    send_text(fd, reply);
    return true;
}

static void *serve_site(void *arg)
{
    const int *listener = arg;
    bool open = true;

    while (open) {
        int fd = accept(*listener, NULL, NULL);
        check(fd >= 0 || errno == EINTR || errno == ECONNABORTED, "accept");
        if (fd >= 0) {
            open = answer(fd);
            close(fd);
        }
    }
    return NULL;
}

/* The slot of a path, or the one that it would take; true where it is there. */
static bool seen_find(const struct seen *seen, const char *path, size_t *slot)
{
    uint32_t hash = 2166136261U;

    for (const char *c = path; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    for (*slot = hash % SLOTS;; *slot = (*slot + 1) % SLOTS) {
        const char *entry = seen->path[*slot];         /* bug: race(seen) */
        if (entry == NULL || strcmp(entry, path) == 0) /* bug: race(seen) */
            return entry != NULL;
    }
}

/* The set's own copy of a path that is new to it. NULL for others, and when the set is full. */
static const char *seen_add(struct seen *seen, const char *path)
{
    const size_t length = strlen(path);
    const char *added = NULL;
    size_t slot;

    if (seen_find(seen, path, &slot)) /* as most are: this spares them the lock */
        return NULL;
    pthread_mutex_lock(&seen->lock);
    if (!seen_find(seen, path, &slot) && seen->count < MAX_PATHS && length < PATH_SIZE) {
        memcpy(seen->text[seen->count], path, length + 1); /* bug: race(seen) */
        added = seen->text[seen->count++];
        seen->path[slot] = added; /* bug: race(seen) */
    }
    pthread_mutex_unlock(&seen->lock);
    return added;
}

static void frontier_put(struct frontier *frontier, const char *path)
{
    pthread_mutex_lock(&frontier->lock);
    frontier->path[frontier->tail++] = path;
    frontier->pending++;
    pthread_cond_signal(&frontier->changed);
    pthread_mutex_unlock(&frontier->lock);
}

/* NULL when the crawl is over. Each path that is taken is to be counted out by frontier_done(). */
static const char *frontier_take(struct frontier *frontier)
{
    const char *path = NULL;

    pthread_mutex_lock(&frontier->lock);
    while (frontier->head == frontier->tail && !frontier->finished)
        pthread_cond_wait(&frontier->changed, &frontier->lock);
    if (!frontier->finished)
        path = frontier->path[frontier->head++];
    pthread_mutex_unlock(&frontier->lock);
    return path;
}

static void frontier_done(struct frontier *frontier)
{
    pthread_mutex_lock(&frontier->lock);
    if (--frontier->pending == 0) {
        frontier->finished = true;
        pthread_cond_broadcast(&frontier->changed);
    }
    pthread_mutex_unlock(&frontier->lock);
}

static void visit(struct crawler *crawler, const char *path)
{
    const char *added = seen_add(&crawler->seen, path);

    if (added != NULL)
        frontier_put(&crawler->frontier, added);
}

static void visit_all(struct crawler *crawler, char *links)
{
    char *rest;

    for (char *link = strtok_r(links, "\n", &rest); link; link = strtok_r(NULL, "\n", &rest))
        visit(crawler, link);
}

/* Gives the status, with the links in `text`; or a negative errno. */
static int fetch(const struct sockaddr_in *server, const char *path, char *text, size_t size)
{
    int fd = dial(server), status = 0, length = 0;
    ssize_t received;

    snprintf(text, size, "GET %s\n", path);
    received = send_text(fd, text);
    if (received == 0)
        received = receive_text(fd, text, size, '\0');
    close(fd);
    if (received < 0)
        return (int)received;
    if (sscanf(text, "%3d%n", &status, &length) != 1)
        return -EPROTO;
    memmove(text, text + length, strlen(text + length) + 1);
    return status;
}

static void *crawl(void *arg)
{
    struct worker *worker = arg;
    struct crawler *crawler = worker->crawler;
    char text[TEXT_SIZE];
    const char *path;

    visit(crawler, "/"); /* the quickest worker's goes into the frontier */
    while ((path = frontier_take(&crawler->frontier)) != NULL) {
        switch (fetch(&crawler->server, path, text, sizeof(text))) {
        case OK:
            visit_all(crawler, text);
            frontier_done(&crawler->frontier);
            worker->pages++;
            break;
        case MOVED: /* not a page itself: the target takes its place */
            frontier_done(&crawler->frontier);
            visit_all(crawler, text);
            break;
        default:
            frontier_done(&crawler->frontier);
            worker->dangling++;
        }
    }
    return NULL;
}

int main(void)
{
    static struct crawler crawler = {
        .server = {.sin_family = AF_INET},
        .seen = {.lock = PTHREAD_MUTEX_INITIALIZER},
        .frontier = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER}};
    struct sockaddr *address = (struct sockaddr *)&crawler.server;
    socklen_t size = sizeof(crawler.server);
    struct worker worker[WORKERS];
    pthread_t server;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, pages = 0, dangling = 0;

    check(listener >= 0, "socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    crawler.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, address, size) == 0, "bind");
    check(getsockname(listener, address, &size) == 0, "getsockname");
    check(listen(listener, SOMAXCONN) == 0, "listen");
    spawn(&server, serve_site, &listener);
    for (int i = 0; i < WORKERS; i++) {
        worker[i] = (struct worker){.crawler = &crawler};
        spawn(&worker[i].thread, crawl, &worker[i]);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(worker[i].thread, NULL);
        pages += worker[i].pages;
        dangling += worker[i].dangling;
    }

    int fd = dial(&crawler.server);
    check(send_text(fd, "STOP\n") == 0, "send");
    close(fd);
    pthread_join(server, NULL);
    close(listener);

    printf("%d pages, %d dangling links\n", pages, dangling);
    assert(pages == PAGES && dangling == DANGLING); /* bug: wrong-result(pages) */
    return 0;
}
