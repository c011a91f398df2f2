#include "explain/notes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain/code/names.h"
#include "explain/code/predicate.h"
#include "model/memory.h"

enum { MOST_VALUES = 4, SOURCE_CAP = 4 << 20 };

static char *read_source(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *text = NULL;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size < SOURCE_CAP) {
        text = xcalloc(1, (size_t)status.st_size + 1);
        if (read(fd, text, (size_t)status.st_size) != status.st_size) {
            free(text);
            text = NULL;
        }
    }
    close(fd);
    return text;
}

static const struct frame_state *frame_of(const struct frame_states *stack,
                                          const struct place *place)
{
    for (size_t i = 0; i < stack->count; i++)
        if (stack->items[i].pc == place->address)
            return &stack->items[i];
    return NULL;
}

static bool named_before(const char *text, const char *word, size_t length)
{
    const char *quoted = text;
    while (quoted && (quoted = strchr(quoted, '`'))) {
        if (strncmp(quoted + 1, word, length) == 0 && quoted[1 + length] == '`')
            return true;
        quoted = strchr(quoted + 1, '`');
        quoted = quoted ? quoted + 1 : NULL;
    }
    return false;
}

/* "`queue.head` is 4 and `queue.tail` is 4" */
static char *values_of(struct image *image, const struct frame_state *frame, const char *predicate)
{
    char *text = NULL;
    const char *at = predicate;
    const char *word;
    size_t length;
    for (int told = 0; told < MOST_VALUES && (word = predicate_next(&at, &length));) {
        char *value =
            named_before(text, word, length) ? NULL : names_value(image, frame, word, length);
        if (!value)
            continue;
        char *longer = text ? xasprintf("%s and `%.*s` is %s", text, (int)length, word, value)
                            : xasprintf("`%.*s` is %s", (int)length, word, value);
        free(value);
        free(text);
        text = longer;
        told++;
    }
    return text;
}

static void add_predicate(struct view *view, size_t index)
{
    struct stuck_thread *thread = &view->explanation->threads[index];
    const struct place *place = stuck_thread_place(thread);
    struct process_view *process = view_process(view, index);
    if (thread->waiting.what != FOR_CONDITION || !place || !place->file || place->line == 0)
        return;
    char *source = read_source(place->file);
    thread->waiting.predicate = source ? predicate_text(source, place->line) : NULL;
    free(source);
    const struct frame_state *frame = frame_of(&view->stacks[index], place);
    if (thread->waiting.predicate && frame && process->open)
        thread->waiting.values = values_of(&process->image, frame, thread->waiting.predicate);
}

/* A condition's mutex is given up for as long as the wait lasts, and no call says so. */
static bool is_given_up(const struct stuck_thread *thread, const struct recorded_thread *notes,
                        uint64_t object)
{
    return thread->waiting.what == FOR_CONDITION && notes->wait_mutex == object;
}

static const struct recorded_hold *hold_of(const struct view *view, size_t index, uint64_t object)
{
    const struct stuck_thread *thread = &view->explanation->threads[index];
    const struct process_view *process = view_process(view, index);
    const struct recorded_thread *notes =
        process->recorded ? recording_thread(&process->recording, thread->tid) : NULL;
    for (size_t i = 0; notes && i < notes->hold_count; i++)
        if (notes->holds[i].object == object && !is_given_up(thread, notes, object))
            return &notes->holds[i];
    return NULL;
}

/* Of a lock whose owner is no thread of the tree any more: one that has ended, or that fork did not
 * copy. The last to take it is the owner. */
static const struct recorded_hold *orphaned_hold(const struct process_view *process,
                                                 uint64_t object)
{
    const struct recorded_hold *last = NULL;
    for (size_t i = 0; process->recorded && i < process->recording.thread_count; i++) {
        const struct recorded_thread *thread = &process->recording.threads[i];
        for (size_t k = 0; thread->ended && k < thread->hold_count; k++)
            if (thread->holds[k].object == object &&
                (!last || thread->holds[k].stamp > last->stamp))
                last = &thread->holds[k];
    }
    return last;
}

static void add_taken(struct view *view, size_t index)
{
    const struct stuck_thread *thread = &view->explanation->threads[index];
    const struct waiting *waiting = &thread->waiting;
    for (size_t i = 0; i < waiting->holder_count; i++) {
        struct holder *holder = &waiting->holders[i];
        const struct recorded_hold *hold = NULL;
        size_t process = thread->process;
        if (holder->thread != NO_INDEX) {
            hold = hold_of(view, holder->thread, waiting->object);
            process = view->explanation->threads[holder->thread].process;
        } else if (holder->process == NO_INDEX) {
            hold = orphaned_hold(view_process(view, index), waiting->object);
        }
        if (hold && holder->taken.line == 0)
            view_recorded_place(view, process, &hold->call, &holder->taken);
    }
}

/* The C library does not say who reads: the recording does. */
static void add_readers(struct view *view, size_t index)
{
    struct explanation *explanation = view->explanation;
    struct stuck_thread *thread = &explanation->threads[index];
    struct waiting *waiting = &thread->waiting;
    if (waiting->what != FOR_WRITE_LOCK || waiting->holder_count > 0)
        return;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *by = &explanation->threads[i];
        const struct recorded_hold *hold = hold_of(view, i, waiting->object);
        if (!hold || hold->kind != RECORDED_READ_LOCK)
            continue;
        struct holder *holder =
            xappend((void **)&waiting->holders, &waiting->holder_count, sizeof *holder);
        *holder = (struct holder){.thread = i, .process = by->process, .fd = -1};
        view_recorded_place(view, by->process, &hold->call, &holder->taken);
        /* It is known now who reads. */
        free(waiting->note);
        waiting->note = NULL;
    }
}

/* A reader waits behind a writer that waits, where the lock prefers writers. */
static void add_queue(struct view *view, size_t index)
{
    struct explanation *explanation = view->explanation;
    struct stuck_thread *thread = &explanation->threads[index];
    struct waiting *waiting = &thread->waiting;
    if (waiting->what != FOR_READ_LOCK || waiting->holder_count > 0)
        return;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *by = &explanation->threads[i];
        if (by->process != thread->process || by->waiting.what != FOR_WRITE_LOCK ||
            by->waiting.object != waiting->object)
            continue;
        struct holder *holder =
            xappend((void **)&waiting->holders, &waiting->holder_count, sizeof *holder);
        *holder = (struct holder){.thread = i, .process = by->process, .queued = true, .fd = -1};
        free(waiting->note);
        waiting->note = NULL;
    }
}

static const char *sender(const struct view *view, size_t process, pid_t tid)
{
    for (size_t i = 0; i < view->explanation->thread_count; i++) {
        const struct stuck_thread *thread = &view->explanation->threads[i];
        if (thread->process == process && thread->tid == tid)
            return thread->label;
    }
    return "a thread that has ended";
}

/* "signalled twice, last at 33 by thread 2, before this wait began" */
static char *history_of(struct view *view, size_t index, const struct recorded_wakes *wakes)
{
    const struct stuck_thread *thread = &view->explanation->threads[index];
    const struct process_view *process = view_process(view, index);
    const struct recorded_thread *waiter = recording_thread(&process->recording, thread->tid);
    const char *verb = thread->waiting.what == FOR_CONDITION ? "signalled" : "posted";
    struct place place = {0};
    char *count = wakes->count == 1 ? xstrdup("once,")
                  : wakes->count == 2
                      ? xstrdup("twice, last")
                      : xasprintf("%llu times, last", (unsigned long long)wakes->count);
    view_recorded_place(view, thread->process, &wakes->last, &place);
    const struct place *own = stuck_thread_place(thread);
    char *where = place.line == 0 || !place.file ? xstrdup("")
                  : own && own->file && place.file && strcmp(own->file, place.file) == 0
                      ? xasprintf(" at %d", place.line)
                      : xasprintf(" at %s:%d", basename(place.file), place.line);
    bool before = waiter && waiter->waits_on == thread->waiting.object &&
                  wakes->last_stamp < waiter->wait_stamp;
    char *text = xasprintf("%s %s%s by %s%s", verb, count, where,
                           sender(view, thread->process, wakes->last_tid),
                           before ? ", before this wait began" : "");
    place_release(&place);
    free(where);
    free(count);
    return text;
}

static void add_history(struct view *view, size_t index)
{
    struct waiting *waiting = &view->explanation->threads[index].waiting;
    const struct process_view *process = view_process(view, index);
    if ((waiting->what != FOR_CONDITION && waiting->what != FOR_SEMAPHORE) || !process->recorded)
        return;
    const struct recorded_wakes *wakes = recording_wakes(&process->recording, waiting->object);
    if (wakes && wakes->count > 0)
        waiting->history = history_of(view, index, wakes);
    /* Another process may have done it, and then its notes have it. */
    else if (view->explanation->process_count == 1 && !process->recording.incomplete)
        waiting->history =
            xstrdup(waiting->what == FOR_CONDITION ? "never signalled" : "never posted");
}

static void add_held(struct view *view, size_t index)
{
    struct stuck_thread *thread = &view->explanation->threads[index];
    const struct process_view *process = view_process(view, index);
    const struct recorded_thread *notes =
        process->recorded ? recording_thread(&process->recording, thread->tid) : NULL;
    for (size_t i = 0; notes && i < notes->hold_count; i++) {
        struct known_object object = {0};
        if (is_given_up(thread, notes, notes->holds[i].object))
            continue;
        struct held *held = xappend((void **)&thread->held, &thread->held_count, sizeof *held);
        held->object = notes->holds[i].object;
        held->shared = notes->holds[i].kind == RECORDED_READ_LOCK;
        if (view_object(view, index, held->object, &object))
            held->name = object.name;
        free(object.type);
        view_recorded_place(view, thread->process, &notes->holds[i].call, &held->taken);
    }
}

void notes_add(struct view *view)
{
    for (size_t i = 0; i < view->explanation->thread_count; i++) {
        add_predicate(view, i);
        add_readers(view, i);
        add_queue(view, i);
        add_taken(view, i);
        add_history(view, i);
        add_held(view, i);
    }
}
