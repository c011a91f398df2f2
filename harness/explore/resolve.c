#include "explore/resolver.h"

#include "explain/story/story.h"
#include "explore/rows.h"
#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int resolver_new(const struct resolve_options *options, const struct wire_block *block,
                 struct resolver **made)
{
    struct image_file files[WIRE_MODULES + 1] = {{.path = options->program}};
    size_t count = 1;
    for (uint32_t i = 0; i < block->module_count && i < WIRE_MODULES; i++) {
        const struct wire_module *module = &block->modules[i];
        if (!module->path[0])
            files[0].bias = module->bias;
        else if (memchr(module->path, '\0', sizeof(module->path)))
            files[count++] = (struct image_file){.path = module->path, .bias = module->bias};
    }
    struct resolver *resolver = xcalloc(1, sizeof(*resolver));
    resolver->options = *options;
    int rc = image_open_files(files, count, &resolver->image);
    if (rc != 0)
        free(resolver);
    else
        *made = resolver;
    return rc;
}

static void forget_labels(struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->label_count; i++)
        free(resolver->labels[i]);
    free(resolver->labels);
    resolver->labels = NULL;
    resolver->label_count = 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    for (size_t i = 0; i < resolver->nameless_count; i++)
        free(resolver->nameless[i].name);
    free(resolver->nameless);
    forget_labels(resolver);
    resolver_forget_places(resolver);
    image_close(&resolver->image);
    free(resolver);
}

static size_t threads_of(const struct wire_block *block)
{
    size_t count = block->outcome.threads ? block->outcome.threads : 1;
    return count < WIRE_THREADS ? count : WIRE_THREADS;
}

static size_t steps_of(const struct wire_block *block)
{
    uint64_t count = block->outcome.steps;
    return (size_t)(count < block->steps_room ? count : block->steps_room);
}

/* As the watchdog calls them. */
static void take_labels(struct resolver *resolver, const struct wire_block *block)
{
    struct explanation threads = {0};
    struct stuck_process *process =
        xappend((void **)&threads.processes, &threads.process_count, sizeof(*process));
    process->program = xstrdup(resolver->options.program);
    for (size_t i = 0; i < threads_of(block); i++) {
        struct stuck_thread *thread =
            xappend((void **)&threads.threads, &threads.thread_count, sizeof(*thread));
        thread->first = i == 0;
        thread->name = xstrndup(block->threads[i].name, sizeof(block->threads[i].name));
    }
    story_label(&threads);
    for (size_t i = 0; i < threads.thread_count; i++) {
        char **label = xappend((void **)&resolver->labels, &resolver->label_count, sizeof(*label));
        *label = threads.threads[i].label;
        threads.threads[i].label = NULL;
    }
    explanation_release(&threads);
}

void resolver_take(struct resolver *resolver, struct wire_block *block)
{
    forget_labels(resolver);
    take_labels(resolver, block);
    resolver_learn_memory(resolver, wire_steps(block), steps_of(block));
}

const char *resolver_label(const struct resolver *resolver, uint64_t thread)
{
    return thread < resolver->label_count ? resolver->labels[thread] : "a thread";
}

/* `waits`: "lock `account.lock`" */
static void tell_wait(struct resolver *resolver, const struct wire_step *next,
                      struct schedule_thread *thread)
{
    char *object = object_phrase(resolver, next->op, next->object);
    const char *word = next->op < WIRE_OP_COUNT ? wire_op_word(next->op) : "?";
    thread->waits = object ? xasprintf("%s %s", word, object) : xstrdup(word);
    thread->waits_at = resolve_place(resolver, next->pc);
    free(object);
}

static void add_thread(struct resolver *resolver, struct wire_block *block, size_t index,
                       struct schedule *schedule)
{
    const struct wire_thread *from = &block->threads[index];
    struct schedule_thread *thread =
        xappend((void **)&schedule->threads, &schedule->thread_count, sizeof(*thread));
    thread->label = xstrdup(resolver_label(resolver, index));
    thread->parent = from->parent < threads_of(block) && index > 0 ? from->parent : NO_INDEX;
    thread->ended = from->ended;
    const char *function = from->start ? resolver_place(resolver, from->start, false)->function
                           : index     ? NULL
                                       : "main";
    thread->function = function ? xstrdup(function) : NULL;
    if (from->created)
        thread->created = resolve_place(resolver, from->created);
    bool waits = block->outcome.end == WIRE_DEADLOCK || block->outcome.end == WIRE_LIVELOCK;
    if (waits && !from->ended && from->next.op != WIRE_NONE)
        tell_wait(resolver, &from->next, thread);
}

/* "read, write": in the order of enum wire_op. */
static char *words_text(uint64_t words)
{
    char *text = NULL;
    for (unsigned op = 0; op < WIRE_OP_COUNT; op++) {
        if (!(words >> op & 1))
            continue;
        char *longer =
            xasprintf("%s%s%s", text ? text : "", text ? ", " : "", wire_op_word((enum wire_op)op));
        free(text);
        text = longer;
    }
    return text ? text : xstrdup("?");
}

/* What a run did where no point stands for it. */
static const char *fatal_word(const struct wire_outcome *outcome)
{
    switch (outcome->end) {
    case WIRE_ASSERTED:
        return "assert fails";
    case WIRE_SIGNALLED:
        return "crash";
    default:
        return "use";
    }
}

static char *trimmed(char *text)
{
    if (!text)
        return NULL;
    size_t blanks = strspn(text, " \t");
    size_t length = strlen(text);
    while (length > blanks && strchr(" \t\r\n", text[length - 1]))
        length--;
    char *trim = xstrndup(text + blanks, length - blanks);
    free(text);
    return trim;
}

static void add_step(struct resolver *resolver, const struct wire_block *block,
                     const struct wire_step *steps, const struct row *row,
                     struct schedule *schedule)
{
    const struct resolve_options *options = &resolver->options;
    struct schedule_step *step =
        xappend((void **)&schedule->steps, &schedule->step_count, sizeof(*step));
    enum wire_op op = row->points ? steps[row->first].op : WIRE_NONE;
    step->thread = row->thread;
    step->operation = row->points ? words_text(row->words) : xstrdup(fatal_word(&block->outcome));
    step->object = object_phrase(resolver, op, row->object);
    if (options->line && row->place->file)
        step->source = trimmed(options->line(row->place->file, row->place->line, options->user));
    step->place = resolve_place_of(resolver, row->place);
    step->preempted = row->flags & WIRE_PREEMPTED;
    step->late = row->flags & WIRE_LATE;
    step->failed = row->flags & WIRE_FAILED;
    step->fatal = row->fatal;
    step->points = row->points;
    step->takes = row->takes ? lock_phrase(resolver, row->takes) : NULL;
    step->gives = row->gives ? lock_phrase(resolver, row->gives) : NULL;
    step->again.rows = row->again_rows;
    step->again.times = row->again_times;
}

static const struct place *find_place(uint64_t address, bool after_call, void *user)
{
    return resolver_place(user, address, after_call);
}

void resolve_schedule(struct resolver *resolver, struct wire_block *block,
                      struct schedule *schedule)
{
    size_t count = 0;
    const struct wire_step *steps = wire_steps(block);
    resolver_take(resolver, block);
    struct row *rows =
        rows_of(steps, steps_of(block), &block->outcome, find_place, resolver, &count);
    rows_fold(rows, &count);
    for (size_t i = 0; i < threads_of(block); i++)
        add_thread(resolver, block, i, schedule);
    for (size_t i = 0; i < count; i++) {
        /* A thread that the outcome does not know may be what a program wrote over its block. */
        if (rows[i].thread < schedule->thread_count)
            add_step(resolver, block, steps, &rows[i], schedule);
    }
    free(rows);
}
