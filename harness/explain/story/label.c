#include "explain/story/story.h"

#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

enum { KERNEL_NAME = 15 }; /* bytes of a thread's name that the kernel keeps */

/* The threads of one process stand together. */
struct crew {
    const struct stuck_thread *threads;
    size_t count;
    const char *program; /* the path's last part; NULL: unknown */
    size_t missing;      /* 1 where the process's first thread is not among them: it has ended */
};

/* Threads inherit the name of the thread that makes them, and the first has the program's. */
static bool has_own_name(const struct crew *crew, const struct stuck_thread *thread)
{
    const char *name = thread->name;
    if (!name || !name[0])
        return false;
    if (crew->program && strncmp(name, crew->program, KERNEL_NAME) == 0)
        return false;
    const struct stuck_thread *first = &crew->threads[0];
    return !first->first || !first->name || strcmp(first->name, name) != 0;
}

/* "thread 'payer'", "thread 'worker' (2)", "thread 3": of a thread that is not the first. */
static char *thread_label(const struct crew *crew, size_t index)
{
    const struct stuck_thread *thread = &crew->threads[index];
    if (!has_own_name(crew, thread))
        return xasprintf("thread %zu", index + 1 + crew->missing);
    size_t namesakes = 0, before = 0;
    for (size_t i = 0; i < crew->count; i++) {
        const char *name = crew->threads[i].name;
        bool same = name && strcmp(name, thread->name) == 0;
        namesakes += same;
        before += same && i < index;
    }
    return namesakes == 1 ? xasprintf("thread '%s'", thread->name)
                          : xasprintf("thread '%s' (%zu)", thread->name, before + 1);
}

static char *label_of(const struct crew *crew, size_t index)
{
    size_t process = crew->threads[index].process;
    bool first = crew->threads[index].first;
    if (process == 0)
        return first ? xstrdup("main") : thread_label(crew, index);
    if (crew->count == 1)
        return xasprintf("process %zu", process + 1);
    if (first)
        return xasprintf("main of process %zu", process + 1);
    char *alone = thread_label(crew, index);
    char *label = xasprintf("%s of process %zu", alone, process + 1);
    free(alone);
    return label;
}

static const char *last_part(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

void story_label(struct explanation *explanation)
{
    for (size_t start = 0; start < explanation->thread_count;) {
        struct stuck_thread *threads = &explanation->threads[start];
        struct crew crew = {.threads = threads};
        while (start + crew.count < explanation->thread_count &&
               threads[crew.count].process == threads[0].process)
            crew.count++;
        if (threads[0].process < explanation->process_count)
            crew.program = last_part(explanation->processes[threads[0].process].program);
        crew.missing = !threads[0].first;
        for (size_t i = 0; i < crew.count; i++) {
            free(threads[i].label);
            threads[i].label = label_of(&crew, i);
        }
        start += crew.count;
    }
}
