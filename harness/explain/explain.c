#include "explain/explain.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "explain/hot.h"
#include "explain/code/names.h"
#include "explain/notes.h"
#include "explain/story/story.h"
#include "explain/view.h"
#include "explain/waits/wait.h"
#include "model/memory.h"
#include "supervise/proc.h"
#include "supervise/supervise.h"

static bool read_process(void *context, pid_t pid, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    return proc_read_memory(pid, address, buffer, length);
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

struct request {
    const struct tree_scan *tree;
    const struct explain_options *options;
    struct explanation *explanation;
};

static void *explain(void *argument)
{
    const struct request *request = argument;
    struct view view;
    view_open(request->tree, request->options, request->explanation, &view);
    if (request->options->busy)
        hot_watch(&view);
    story_label(request->explanation);
    tell_waits(&view);
    name_objects(&view);
    notes_add(&view);
    story_tell(request->explanation, request->options->ended);
    view_close(&view);
    return NULL;
}

void explain_tree(const struct tree_scan *tree, const struct explain_options *options,
                  struct explanation *explanation)
{
    struct request request = {tree, options, explanation};
    pthread_t tracer;
    uint64_t begun = run_now_ns();
    *explanation = (struct explanation){0};
    /* A tracee that never stops cannot be detached, and could not be reaped when it is killed. It is
     * let go when the thread that traces it ends (ptrace(2)). */
    int error = pthread_create(&tracer, NULL, explain, &request);
    if (error == 0)
        pthread_join(tracer, NULL);
    else
        explanation->trouble = xasprintf("no thread to look at it with: %s", strerror(error));
    explanation->took_ns = run_now_ns() - begun;
}
