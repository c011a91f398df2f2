#include "model/explanation.h"

#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

static const char *const wait_words[WAIT_FOR_COUNT] = {
    [FOR_NOTHING] = "nothing",
    [FOR_UNKNOWN] = "something unknown",
    [FOR_TIME] = "a time",
    [FOR_MUTEX] = "mutex",
    [FOR_READ_LOCK] = "read lock",
    [FOR_WRITE_LOCK] = "write lock",
    [FOR_CONDITION] = "condition variable",
    [FOR_SEMAPHORE] = "semaphore",
    [FOR_BARRIER] = "barrier",
    [FOR_ONCE] = "once",
    [FOR_JOIN] = "end of a thread",
    [FOR_FUTEX] = "futex",
    [FOR_DATA] = "data",
    [FOR_ROOM] = "room",
    [FOR_DESCRIPTORS] = "descriptors",
    [FOR_CHILD] = "end of a child",
    [FOR_FILE_LOCK] = "file lock",
    [FOR_SIGNAL] = "signal",
};

const char *wait_for_word(enum wait_for what)
{
    return wait_words[what];
}

const char *stuck_word(enum stuck stuck)
{
    static const char *const words[] = {
        [STUCK_NOT] = "none",  [STUCK_PART] = "partial deadlock", [STUCK_BUSY] = "livelock",
        [STUCK_HANG] = "hang", [STUCK_DEADLOCK] = "deadlock",
    };
    return words[stuck];
}

const struct place *stuck_thread_place(const struct stuck_thread *thread)
{
    return thread->own < thread->frame_count ? &thread->frames[thread->own] : NULL;
}

void explanation_say(struct explanation *explanation, char *sentence)
{
    char **added =
        xappend((void **)&explanation->sentences, &explanation->sentence_count, sizeof *added);
    *added = sentence;
}

static void cut_root(char *path, const char *root)
{
    size_t length = strlen(root);
    if (path && strncmp(path, root, length) == 0 && path[length] == '/')
        memmove(path, path + length + 1, strlen(path + length + 1) + 1);
}

void explanation_cut_root(struct explanation *explanation, const char *root)
{
    for (size_t i = 0; i < explanation->thread_count; i++) {
        struct stuck_thread *thread = &explanation->threads[i];
        for (size_t k = 0; k < thread->frame_count; k++)
            cut_root(thread->frames[k].file, root);
        for (size_t k = 0; k < thread->held_count; k++)
            cut_root(thread->held[k].taken.file, root);
        for (size_t k = 0; k < thread->waiting.holder_count; k++)
            cut_root(thread->waiting.holders[k].taken.file, root);
    }
}

void place_release(struct place *place)
{
    free(place->function);
    free(place->file);
    free(place->module);
    *place = (struct place){0};
}

void waiting_release(struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->holder_count; i++) {
        free(waiting->holders[i].who);
        place_release(&waiting->holders[i].taken);
    }
    free(waiting->holders);
    free(waiting->call);
    free(waiting->name);
    free(waiting->predicate);
    free(waiting->values);
    free(waiting->history);
    free(waiting->note);
    *waiting = (struct waiting){0};
}

static void thread_release(struct stuck_thread *thread)
{
    for (size_t i = 0; i < thread->frame_count; i++)
        place_release(&thread->frames[i]);
    for (size_t i = 0; i < thread->held_count; i++) {
        free(thread->held[i].name);
        place_release(&thread->held[i].taken);
    }
    waiting_release(&thread->waiting);
    free(thread->frames);
    free(thread->held);
    free(thread->name);
    free(thread->label);
    free(thread->stack_note);
}

void explanation_release(struct explanation *explanation)
{
    for (size_t i = 0; i < explanation->thread_count; i++)
        thread_release(&explanation->threads[i]);
    for (size_t i = 0; i < explanation->process_count; i++) {
        free(explanation->processes[i].program);
        free(explanation->processes[i].note);
    }
    for (size_t i = 0; i < explanation->sentence_count; i++)
        free(explanation->sentences[i]);
    free(explanation->threads);
    free(explanation->processes);
    free(explanation->sentences);
    free(explanation->trouble);
    *explanation = (struct explanation){0};
}
