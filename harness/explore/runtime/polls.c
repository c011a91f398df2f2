/*
 * poll() and its like. Time limits are virtual.
 */
#include "explore/runtime/io.h"

#include "explore/runtime/sys.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

REAL_FUNCTION(poll)
REAL_FUNCTION(ppoll)
REAL_PLAIN_FUNCTION(select)
REAL_PLAIN_FUNCTION(pselect)
REAL_FUNCTION(epoll_wait)
REAL_FUNCTION(epoll_pwait)

static bool resolved;

static __attribute__((constructor, cold)) void resolve(void)
{
    REAL_RESOLVE(poll)
    REAL_RESOLVE(ppoll)
    REAL_PLAIN_RESOLVE(select)
    REAL_PLAIN_RESOLVE(pselect)
    REAL_RESOLVE(epoll_wait)
    REAL_RESOLVE(epoll_pwait)
    resolved = true;
}

static const struct timespec no_time;

/* What is asked, in the forms of the calls. */
struct question {
    struct pollfd *fds;
    nfds_t count;
    int highest;
    const fd_set *sets[3];
    int epoll;
    bool ours;
    bool waits; /* a time limit of 0 is no waiting */
};

static bool poll_ready(const struct fiber *who, const struct request *request)
{
    const struct question *question = request->data;
    (void)who;
    /* The answers of the real call are the last, and written at its time. */
    struct pollfd some[16];
    for (nfds_t from = 0; from < question->count; from += 16) {
        nfds_t part = question->count - from < 16 ? question->count - from : 16;
        for (nfds_t i = 0; i < part; i++)
            some[i] = question->fds[from + i];
        if (SYS6(SYS_ppoll, some, part, &no_time, 0, 0, 0) != 0)
            return true;
    }
    return false;
}

static bool select_ready(const struct fiber *who, const struct request *request)
{
    const struct question *question = request->data;
    fd_set sets[3];
    (void)who;
    for (int i = 0; i < 3; i++)
        if (question->sets[i])
            sets[i] = *question->sets[i];
    struct timespec time = no_time;
    return SYS6(SYS_pselect6, question->highest, question->sets[0] ? &sets[0] : NULL,
                question->sets[1] ? &sets[1] : NULL, question->sets[2] ? &sets[2] : NULL, &time,
                0) != 0;
}

static bool epoll_ready(const struct fiber *who, const struct request *request)
{
    const struct question *question = request->data;
    (void)who;
    return descriptor_state(question->epoll, POLLIN) != 0;
}

enum answer { ANSWER_NOW, ANSWER_REAL };

/* Stops until there is an answer, or its time has come: then the real call is made with a time limit of 0. */
static enum answer ask(struct io *io, struct question *question, struct request *request)
{
    request->data = question;
    if (!question->waits) {
        io->refuses = true;
        request->ready = NULL;
    }
    request->outside = !question->ours && request->deadline_ns == NO_DEADLINE;
    io->foreign = request->outside && request->ready;
    bool late = request->outside && request->ready && !request->ready(io->self, request);
    unsigned connections = descriptor_connections();
    enum grant grant = call_point(io->self, request);
    if (grant == GRANT_READY && late && connections == descriptor_connections())
        runtime_lost(WIRE_LOST_OUTSIDE, io->pc);
    if (grant == GRANT_LATE)
        call_repeats(io->self, io->pc, 1);
    if (grant == GRANT_OUTSIDE) {
        runtime_outside_begin(io->self, WIRE_LOST_OUTSIDE, io->pc);
        io->outside = true;
    }
    return grant == GRANT_OUTSIDE || grant == GRANT_REAL ? ANSWER_REAL : ANSWER_NOW;
}

static struct io begin(uint64_t pc)
{
    if (__builtin_expect(!resolved, 0))
        resolve();
    return (struct io){.self = runtime_enter(), .pc = pc};
}

static long answered(struct io *io, long result)
{
    if (io->self && io->refuses && result == 0) {
        runtime_mark(io->self, WIRE_FAILED);
        call_repeats(io->self, io->pc, 1);
    }
    return result;
}

static enum answer ask_poll(struct io *io, struct pollfd *fds, nfds_t count, bool waits,
                            uint64_t deadline)
{
    struct question question = {.fds = fds, .count = count, .ours = true, .waits = waits};
    struct request request =
        call_request(WIRE_POLL, count > 0 ? (uint64_t)fds[0].fd : UINT64_MAX, io->pc);
    for (nfds_t i = 0; i < count; i++)
        question.ours = question.ours && (fds[i].fd < 0 || descriptor_ours(fds[i].fd));
    request.ready = poll_ready;
    request.deadline_ns = deadline;
    return ask(io, &question, &request);
}

static uint64_t in_milliseconds(int time)
{
    if (time < 0)
        return NO_DEADLINE;
    return call_deadline_in((uint64_t)time / 1000, (uint64_t)time % 1000 * 1000000);
}

static bool is_valid(const struct timespec *time)
{
    return !time || (time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < 1000000000);
}

static bool is_zero(const struct timespec *time)
{
    return time && time->tv_sec == 0 && time->tv_nsec == 0;
}

static uint64_t in_time(const struct timespec *time)
{
    return time ? call_deadline_in((uint64_t)time->tv_sec, (uint64_t)time->tv_nsec) : NO_DEADLINE;
}

EXPORTED int poll(struct pollfd *fds, nfds_t count, int time)
{
    struct io io IO = begin(CALLER);
    if (io.self && ask_poll(&io, fds, count, time != 0, in_milliseconds(time)) == ANSWER_NOW)
        time = 0;
    return (int)answered(&io, SEEN_AT(CALLER, REAL(poll)(fds, count, time)));
}

EXPORTED int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                   const sigset_t *mask)
{
    struct io io IO = begin(CALLER);
    if (io.self && is_valid(time) &&
        ask_poll(&io, fds, count, !is_zero(time), in_time(time)) == ANSWER_NOW)
        time = &no_time;
    return (int)answered(&io, SEEN_AT(CALLER, REAL(ppoll)(fds, count, time, mask)));
}

static enum answer ask_select(struct io *io, int highest, fd_set *const sets[3], bool waits,
                              uint64_t deadline)
{
    struct question question = {.highest = highest < FD_SETSIZE ? highest : FD_SETSIZE,
                                .sets = {sets[0], sets[1], sets[2]},
                                .ours = true,
                                .waits = waits};
    struct request request = call_request(WIRE_POLL, UINT64_MAX, io->pc);
    for (int fd = 0; fd < question.highest; fd++)
        for (int i = 0; i < 3; i++)
            if (sets[i] && FD_ISSET(fd, sets[i])) {
                question.ours = question.ours && descriptor_ours(fd);
                if (request.object == UINT64_MAX)
                    request.object = (uint64_t)fd;
            }
    request.ready = select_ready;
    request.deadline_ns = deadline;
    return ask(io, &question, &request);
}

EXPORTED int select(int highest, fd_set *restrict reads, fd_set *restrict writes,
                    fd_set *restrict others, struct timeval *restrict time)
{
    struct io io IO = begin(CALLER);
    fd_set *const sets[3] = {reads, writes, others};
    struct timeval none = {0};
    struct timespec limit = {0};
    if (time) {
        limit.tv_sec = time->tv_sec + time->tv_usec / 1000000;
        limit.tv_nsec = time->tv_usec % 1000000 * 1000;
    }
    bool valid = is_valid(&limit) && highest >= 0;
    if (io.self && valid &&
        ask_select(&io, highest, sets, !time || !is_zero(&limit),
                   time ? in_time(&limit) : NO_DEADLINE) == ANSWER_NOW)
        time = &none;
    return (int)answered(&io, REAL_PLAIN(select)(highest, reads, writes, others, time));
}

EXPORTED int pselect(int highest, fd_set *restrict reads, fd_set *restrict writes,
                     fd_set *restrict others, const struct timespec *restrict time,
                     const sigset_t *restrict mask)
{
    struct io io IO = begin(CALLER);
    fd_set *const sets[3] = {reads, writes, others};
    if (io.self && is_valid(time) && highest >= 0 &&
        ask_select(&io, highest, sets, !is_zero(time), in_time(time)) == ANSWER_NOW)
        time = &no_time;
    return (int)answered(&io, REAL_PLAIN(pselect)(highest, reads, writes, others, time, mask));
}

static enum answer ask_epoll(struct io *io, int epoll, int time)
{
    struct question question = {.epoll = epoll, .ours = descriptor_ours(epoll), .waits = time != 0};
    struct request request = call_request(WIRE_POLL, (uint64_t)epoll, io->pc);
    request.ready = epoll_ready;
    request.deadline_ns = in_milliseconds(time);
    return ask(io, &question, &request);
}

EXPORTED int epoll_wait(int epoll, struct epoll_event *events, int most, int time)
{
    struct io io IO = begin(CALLER);
    if (io.self && ask_epoll(&io, epoll, time) == ANSWER_NOW)
        time = 0;
    return (int)answered(&io, SEEN_AT(CALLER, REAL(epoll_wait)(epoll, events, most, time)));
}

EXPORTED int epoll_pwait(int epoll, struct epoll_event *events, int most, int time,
                         const sigset_t *mask)
{
    struct io io IO = begin(CALLER);
    if (io.self && ask_epoll(&io, epoll, time) == ANSWER_NOW)
        time = 0;
    return (int)answered(&io, SEEN_AT(CALLER, REAL(epoll_pwait)(epoll, events, most, time, mask)));
}
