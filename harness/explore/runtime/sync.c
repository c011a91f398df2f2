#include "explore/runtime/sync.h"

#include "explore/runtime/clocks.h"
#include "explore/runtime/sys.h"

/* The process that has forked; not just whether, or a fork server's children would all have. */
static pid_t forked;

static void note_fork(void)
{
    forked = (pid_t)SYS0(SYS_getpid);
}

static __attribute__((constructor)) void begin(void)
{
    pthread_atfork(NULL, note_fork, NULL);
}

bool sync_has_forked(void)
{
    return forked != 0 && forked == (pid_t)SYS0(SYS_getpid);
}

/* From the newest: the kernel uses ids again. */
bool sync_fiber(pid_t tid, uint16_t *index)
{
    for (unsigned i = tid > 0 ? fiber_count() : 0; i-- > 0;) {
        if (fiber_tid(fiber_at(i)) != tid)
            continue;
        *index = (uint16_t)i;
        return true;
    }
    return false;
}

bool sync_outside(pid_t tid)
{
    uint16_t index;
    return !sync_fiber(tid, &index) && SYS2(SYS_tkill, tid, 0) != -ESRCH;
}

bool limit_valid(const struct limit *limit)
{
    return limit_clock(limit->clock) && limit->at->tv_nsec >= 0 && limit->at->tv_nsec < 1000000000;
}

void limit_request(const struct limit *limit, struct request *request)
{
    if (!limit)
        return;
    if (limit_valid(limit))
        request->deadline_ns = clock_deadline(limit->clock, limit->at);
    else
        request->ready = NULL;
}

/* Text without the C library's formatting, which others intercept. */
struct text {
    char bytes[128];
    unsigned used;
};

static void add(struct text *text, const char *more)
{
    while (*more && text->used < sizeof text->bytes - 1)
        text->bytes[text->used++] = *more++;
    text->bytes[text->used] = '\0';
}

static void add_number(struct text *text, unsigned number)
{
    char digits[12];
    unsigned at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    add(text, digits + at);
}

static _Noreturn void end(struct fiber *self, uint64_t pc, const void *object,
                          const struct text *text)
{
    runtime_end(self, WIRE_DESTROYED, 0, pc, (uint64_t)object, text->bytes);
}

void sync_after_destroy(struct fiber *self, uint64_t pc, const void *object, const char *what)
{
    struct text text = {.used = 0};
    add(&text, what);
    add(&text, " after it was destroyed");
    end(self, pc, object, &text);
}

void sync_while_held(struct fiber *self, uint64_t pc, const void *object, const char *what,
                     uint16_t holder)
{
    struct text text = {.used = 0};
    add(&text, what);
    add(&text, " while ");
    if (holder == 0) {
        add(&text, "main");
    } else {
        add(&text, "thread ");
        add_number(&text, holder);
    }
    add(&text, " holds it");
    end(self, pc, object, &text);
}

void sync_while_used(struct fiber *self, uint64_t pc, const void *object, const char *what,
                     unsigned users, const char *one, const char *several)
{
    struct text text = {.used = 0};
    add(&text, what);
    add(&text, " while ");
    add_number(&text, users);
    add(&text, " ");
    add(&text, users == 1 ? one : several);
    end(self, pc, object, &text);
}
