#include "explain/story/story_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/story/story.h"
#include "model/memory.h"

static const char source[] = "/src/x.c";

void set_text(char **text, const char *value)
{
    free(*text);
    *text = value ? xstrdup(value) : NULL;
}

size_t add_process(struct explanation *e)
{
    struct stuck_process *process =
        xappend((void **)&e->processes, &e->process_count, sizeof *e->processes);
    process->parent = e->process_count > 1 ? 0 : NO_INDEX;
    process->pid = (pid_t)(100 * e->process_count);
    process->program = xstrdup("/bin/prog");
    return e->process_count - 1;
}

size_t add_thread(struct explanation *e, size_t process, const char *name)
{
    bool first = e->thread_count == 0 || e->threads[e->thread_count - 1].process != process;
    struct stuck_thread *thread =
        xappend((void **)&e->threads, &e->thread_count, sizeof *e->threads);
    thread->process = process;
    thread->first = first;
    thread->name = xstrdup(name ? name : "prog");
    thread->tid = (pid_t)(100 * (process + 1) + e->thread_count);
    thread->own = NO_INDEX;
    thread->waiting.certain = true;
    thread->waiting.fd = -1;
    thread->waiting.count = thread->waiting.needed = -1;
    return e->thread_count - 1;
}

struct waiting *wait_at(struct explanation *e, size_t thread, enum wait_for what, const char *name,
                        int line)
{
    struct stuck_thread *waiter = &e->threads[thread];
    waiter->waiting.what = what;
    set_text(&waiter->waiting.name, name);
    struct place *frame =
        xappend((void **)&waiter->frames, &waiter->frame_count, sizeof *waiter->frames);
    waiter->own = waiter->frame_count - 1;
    frame->line = line;
    frame->file = xstrdup(source);
    frame->function = xstrdup("main");
    return &waiter->waiting;
}

void set_function(struct explanation *e, size_t thread, const char *function)
{
    struct stuck_thread *waiter = &e->threads[thread];
    set_text(&waiter->frames[waiter->own].function, function);
}

static void add_holder(struct explanation *e, size_t thread, const struct holder *holder, int taken)
{
    struct waiting *waiting = &e->threads[thread].waiting;
    struct holder *added =
        xappend((void **)&waiting->holders, &waiting->holder_count, sizeof *waiting->holders);
    *added = *holder;
    added->taken.line = taken;
    added->taken.file = taken > 0 ? xstrdup(source) : NULL;
}

void held_by(struct explanation *e, size_t thread, size_t holder, int taken)
{
    add_holder(e, thread,
               &(struct holder){.thread = holder, .process = e->threads[holder].process, .fd = -1},
               taken);
}

void open_in(struct explanation *e, size_t thread, size_t process, int fd)
{
    add_holder(e, thread, &(struct holder){.thread = NO_INDEX, .process = process, .fd = fd}, 0);
}

void held_by_who(struct explanation *e, size_t thread, const char *who, int taken)
{
    struct holder holder = {.thread = NO_INDEX, .process = NO_INDEX, .fd = -1};
    holder.who = xstrdup(who);
    add_holder(e, thread, &holder, taken);
}

void expect_story(struct explanation *e, bool ended, enum stuck stuck, ...)
{
    story_label(e);
    story_tell(e, ended);
    va_list args;
    va_start(args, stuck);
    bool same = e->stuck == stuck;
    for (size_t i = 0; i < e->thread_count; i++)
        assert_true(stuck == STUCK_PART || e->threads[i].stuck == (stuck != STUCK_NOT));
    size_t count = 0;
    for (const char *want; (want = va_arg(args, const char *)); count++)
        same = same && count < e->sentence_count && strcmp(want, e->sentences[count]) == 0;
    va_end(args);
    if (!same || count != e->sentence_count) {
        for (size_t i = 0; i < e->sentence_count; i++)
            print_message("told: %s\n", e->sentences[i]);
        va_start(args, stuck);
        for (const char *want; (want = va_arg(args, const char *));)
            print_message("want: %s\n", want);
        va_end(args);
        fail_msg("stuck is %d, wanted %d, or a sentence differs", (int)e->stuck, (int)stuck);
    }
    explanation_release(e);
}
