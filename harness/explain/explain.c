#include "explain/explain.h"

#include <stdlib.h>
#include <time.h>

#include "explain/hot.h"
#include "explain/code/names.h"
#include "explain/notes.h"
#include "explain/story/story.h"
#include "explain/view.h"
#include "explain/waits/wait.h"
#include "model/memory.h"

static bool read_process(void *context, pid_t pid, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    return memory_read(pid, address, buffer, length);
}

static bool object_at(void *context, size_t thread, uint64_t address, struct known_object *object)
{
    return view_object(context, thread, address, object);
}

/* What each thread waits for; a thread's holders may be any of the others, so that all are there
 * before. */
static void tell_waits(struct view *view)
{
    for (size_t i = 0; i < view->explanation->thread_count; i++) {
        const struct process_view *process = view_process(view, i);
        struct wait_sources sources = {.read = read_process,
                                       .object_at = object_at,
                                       .context = view,
                                       .locks = view->locks,
                                       .frozen = view->options->freeze,
                                       .glibc = process->open && process->image.glibc};
        wait_tell(view->explanation, i, &view->samples[i], &sources);
    }
}

static void name_objects(struct view *view)
{
    for (size_t i = 0; i < view->explanation->thread_count; i++) {
        struct waiting *waiting = &view->explanation->threads[i].waiting;
        struct known_object object;
        if (waiting->name || waiting->object == 0 ||
            !view_object(view, i, waiting->object, &object))
            continue;
        waiting->name = object.name;
        free(object.type);
    }
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void explain_tree(const struct tree_scan *tree, const struct explain_options *options,
                  struct explanation *explanation)
{
    struct view view;
    uint64_t begun = now_ns();
    *explanation = (struct explanation){0};
    view_open(tree, options, explanation, &view);
    if (options->busy)
        hot_watch(&view);
    story_label(explanation);
    tell_waits(&view);
    name_objects(&view);
    notes_add(&view);
    story_tell(explanation, options->ended);
    view_close(&view);
    explanation->took_ns = now_ns() - begun;
}
