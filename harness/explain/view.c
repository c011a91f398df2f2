#include "explain/view.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/waits/file_lock.h"
#include "explain/code/names.h"
#include "model/memory.h"

static char *copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static char *read_link(const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    return length > 0 ? xstrndup(target, (size_t)length) : NULL;
}

static size_t find_process(const struct explanation *explanation, pid_t pid)
{
    for (size_t i = 0; i < explanation->process_count; i++)
        if (explanation->processes[i].pid == pid)
            return i;
    return NO_INDEX;
}

static void add_process(struct view *view, pid_t pid, pid_t parent)
{
    struct explanation *explanation = view->explanation;
    char path[64];
    size_t of = find_process(explanation, parent);
    struct stuck_process *added =
        xappend((void **)&explanation->processes, &explanation->process_count, sizeof *added);
    added->pid = pid;
    added->parent = of;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    added->program = read_link(path);

    size_t count = explanation->process_count - 1;
    struct process_view *looked_at = xcalloc(1, sizeof *looked_at);
    struct process_view **slot = xappend((void **)&view->processes, &count, sizeof *slot);
    *slot = looked_at;
    int rc = image_open(pid, &looked_at->image);
    looked_at->open = rc == 0;
    if (rc < 0)
        added->note = xasprintf("its code cannot be read: %s", strerror(-rc));
    looked_at->client = client_of_valgrind(pid);
    if (looked_at->client)
        client_stacks_read(pid, &looked_at->stacks);
    if (looked_at->stacks.note && !added->note)
        added->note = copy(looked_at->stacks.note);
    looked_at->recorded = recording_read(pid, &looked_at->recording) == 0;
}

/* Which of two processes began first. Pids do not tell: they wrap around. */
static int by_age(const void *left, const void *right)
{
    const struct proc_process *a = left;
    const struct proc_process *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->pid == b->parent || b->pid == a->parent)
        return a->pid == b->parent ? -1 : 1;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static void add_processes(struct view *view, const struct tree_scan *tree)
{
    struct proc_process *processes = NULL;
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        pid_t pid = tree->threads[i].thread.pid;
        if (count > 0 && processes[count - 1].pid == pid)
            continue;
        struct proc_process *process = xappend((void **)&processes, &count, sizeof *processes);
        if (proc_process_read(pid, process) < 0)
            process->pid = pid; /* it has just ended; what is left is said of it all the same */
    }
    if (count > 0)
        qsort(processes, count, sizeof *processes, by_age);
    for (size_t i = 0; i < count; i++) {
        /* A sanitizer's own, which waits for work. Somebody may look at a symbolizer alone, too. */
        if (i > 0 && proc_process_symbolizes(&processes[i]))
            continue;
        add_process(view, processes[i].pid, processes[i].parent);
    }
    free(processes);
}

static char *thread_name(pid_t pid, pid_t tid)
{
    char path[64];
    char text[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/comm", pid, tid);
    ssize_t length = proc_read_file(path, text, sizeof text);
    if (length <= 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return xstrdup(text);
}

/*
 * Valgrind's frames are program counters alone. Unwinding from the client's stack pointer gives the
 * frames' addresses, too, by which locals have names; it is believed where it goes the same way.
 */
static void unwind_client(struct process_view *process, const struct client_stack *client,
                          struct frame_states *frames)
{
    struct snapshot snapshot = {.pid = process->image.pid,
                                .known = 1u << REGISTER_PC | 1u << REGISTER_SP};
    snapshot.registers[REGISTER_PC] = client->count > 0 ? client->pcs[0] : 0;
    snapshot.registers[REGISTER_SP] = client->sp;
    bool same = client->sp && image_unwind(&process->image, &snapshot, frames) &&
                frames->count >= client->count;
    for (size_t i = 0; same && i < client->count; i++)
        same = frames->items[i].pc - frames->items[i].after_call == client->pcs[i];
    if (same)
        return;
    free(frames->items);
    *frames = (struct frame_states){0};
    for (size_t i = 0; i < client->count; i++)
        *(struct frame_state *)xappend((void **)&frames->items, &frames->count,
                                       sizeof *frames->items) =
            (struct frame_state){.pc = client->pcs[i]};
}

void view_stack(struct view *view, const struct proc_thread *sample, struct stuck_thread *thread,
                struct frame_states *stack)
{
    struct process_view *process = view->processes[thread->process];
    const struct client_stack *client = client_stack_of(&process->stacks, thread->tid);
    struct place_list places = {0};
    struct snapshot snapshot = {0};
    int rc = 0;
    if (!process->open)
        return;
    if (client)
        unwind_client(process, client, stack);
    else if (process->client)
        rc = -ENODATA; /* its stack on the real processor is Valgrind's own */
    else
        rc = snapshot_take(sample, view->options->gentle, &snapshot);
    if (rc == 0 && !client && !image_unwind(&process->image, &snapshot, stack))
        rc = -ENODATA;
    for (size_t i = 0; i < stack->count; i++)
        places_add(&process->places, &process->image, &stack->items[i], &places);
    thread->frames = places.items;
    thread->frame_count = places.count;
    thread->own = places_own(&places, view->options->own_source);
    if (rc == -ESRCH)
        thread->stack_note = xstrdup("it has ended meanwhile");
    else if (process->client && rc < 0)
        thread->stack_note = xstrdup("Valgrind did not tell its stack");
    else if (rc < 0)
        thread->stack_note = xasprintf("its stack cannot be read: %s", strerror(-rc));
    else if (snapshot.note)
        thread->stack_note = xstrdup(snapshot.note);
    else if (thread->own == NO_INDEX && !view->options->own_source)
        thread->stack_note = xstrdup("no unwind information leads from here to the program's own "
                                     "code");
    else if (stack->cut)
        thread->stack_note = xstrdup("the outer frames of a deep stack are left out");
    snapshot_release(&snapshot);
}

void view_drop_stack(struct stuck_thread *thread, struct frame_states *stack)
{
    for (size_t i = 0; i < thread->frame_count; i++)
        place_release(&thread->frames[i]);
    free(thread->frames);
    free(thread->stack_note);
    free(stack->items);
    thread->frames = NULL;
    thread->frame_count = 0;
    thread->stack_note = NULL;
    *stack = (struct frame_states){0};
}

void view_swap_stack(struct view *view, size_t index, struct stuck_thread *other,
                     struct frame_states *stack)
{
    struct stuck_thread *thread = &view->explanation->threads[index];
    struct stuck_thread kept = *thread;
    struct frame_states kept_stack = view->stacks[index];
    thread->frames = other->frames;
    thread->frame_count = other->frame_count;
    thread->own = other->own;
    thread->stack_note = other->stack_note;
    view->stacks[index] = *stack;
    other->frames = kept.frames;
    other->frame_count = kept.frame_count;
    other->own = kept.own;
    other->stack_note = kept.stack_note;
    *stack = kept_stack;
}

static void add_thread(struct view *view, size_t process, const struct proc_thread *sample)
{
    struct explanation *explanation = view->explanation;
    if (view->processes[process]->count == 0)
        view->processes[process]->first = explanation->thread_count;
    size_t count = explanation->thread_count;
    *(struct proc_thread *)xappend((void **)&view->samples, &count, sizeof *sample) = *sample;
    count = explanation->thread_count;
    xappend((void **)&view->stacks, &count, sizeof *view->stacks);
    struct stuck_thread *thread =
        xappend((void **)&explanation->threads, &explanation->thread_count, sizeof *thread);
    thread->process = process;
    thread->tid = sample->tid;
    thread->name = thread_name(sample->pid, sample->tid);
    thread->first = sample->tid == sample->pid;
    thread->ready = sample->state == 'R';
    thread->stopped = sample->state == 'T' || sample->state == 't';
    thread->own = NO_INDEX;
    view->processes[process]->count++;
}

void view_open(const struct tree_scan *tree, const struct explain_options *options,
               struct explanation *explanation, struct view *view)
{
    *view = (struct view){.explanation = explanation, .options = options};
    add_processes(view, tree);
    for (size_t p = 0; p < explanation->process_count; p++)
        for (size_t i = 0; i < tree->count; i++)
            if (tree->threads[i].thread.pid == explanation->processes[p].pid &&
                !tree->threads[i].background)
                add_thread(view, p, &tree->threads[i].thread);
    view->locks = file_locks_read();
    for (size_t p = 0; options->freeze && p < explanation->process_count; p++)
        if (!view->processes[p]->client) /* Valgrind has to answer */
            kill(explanation->processes[p].pid, SIGSTOP);
    for (size_t i = 0; i < explanation->thread_count; i++)
        view_stack(view, &view->samples[i], &explanation->threads[i], &view->stacks[i]);
    if (explanation->thread_count == 0)
        explanation->trouble = xstrdup("no thread is left to look at");
}

void view_close(struct view *view)
{
    for (size_t i = 0; i < view->explanation->process_count; i++) {
        struct process_view *process = view->processes[i];
        if (process->open)
            image_close(&process->image);
        if (process->recorded)
            recording_release(&process->recording);
        client_stacks_release(&process->stacks);
        place_cache_release(&process->places);
        for (size_t k = 0; k < process->named_count; k++) {
            free(process->named[k].object.name);
            free(process->named[k].object.type);
        }
        free(process->named);
        free(process);
    }
    for (size_t i = 0; i < view->explanation->thread_count; i++)
        free(view->stacks[i].items);
    free(view->locks);
    free(view->processes);
    free(view->samples);
    free(view->stacks);
}

struct process_view *view_process(const struct view *view, size_t thread)
{
    return view->processes[view->explanation->threads[thread].process];
}

bool view_object(struct view *view, size_t thread, uint64_t address, struct known_object *object)
{
    struct process_view *process = view_process(view, thread);
    struct named *named = NULL;
    if (!process->open)
        return false;
    for (size_t i = 0; i < process->named_count && !named; i++)
        if (process->named[i].address == address)
            named = &process->named[i];
    if (!named) {
        named = xappend((void **)&process->named, &process->named_count, sizeof *named);
        named->address = address;
        named->found = names_find(&process->image, view->stacks + process->first, process->count,
                                  thread - process->first, address, &named->object);
    }
    if (named->found)
        *object = (struct known_object){.base = named->object.base,
                                        .name = copy(named->object.name),
                                        .type = copy(named->object.type)};
    return named->found;
}

bool view_recorded_place(struct view *view, size_t process, const struct recorded_call *call,
                         struct place *place)
{
    struct process_view *looked_at = view->processes[process];
    struct frame_states frames;
    struct place_list places = {0};
    struct snapshot snapshot = {.pid = looked_at->image.pid,
                                .known = 1u << REGISTER_PC | 1u << REGISTER_SP | 1u << REGISTER_BP,
                                .after_call = true,
                                .past = true,
                                .stack = (unsigned char *)call->stack,
                                .stack_length = call->words * sizeof *call->stack};
    snapshot.registers[REGISTER_PC] = call->pc;
    snapshot.registers[REGISTER_SP] = call->sp;
    snapshot.registers[REGISTER_BP] = call->bp;
    if (!looked_at->open || !image_unwind(&looked_at->image, &snapshot, &frames))
        return false;
    for (size_t i = 0; i < frames.count; i++)
        places_add(&looked_at->places, &looked_at->image, &frames.items[i], &places);
    size_t own = places_own(&places, view->options->own_source);
    bool found = own < places.count;
    if (found) {
        *place = places.items[own];
        places.items[own] = (struct place){0};
    }
    place_list_release(&places);
    free(frames.items);
    return found;
}
