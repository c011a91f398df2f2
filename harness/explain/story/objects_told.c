#include "explain/story/objects_told.h"

#include <string.h>

#include "model/memory.h"

const char *told_kind(enum wait_for what)
{
    switch (what) {
    case FOR_READ_LOCK:
    case FOR_WRITE_LOCK:
        return "read-write lock";
    case FOR_ONCE:
        return "once control";
    case FOR_MUTEX:
    case FOR_CONDITION:
    case FOR_SEMAPHORE:
    case FOR_BARRIER:
    case FOR_FUTEX:
        return wait_for_word(what);
    default:
        return NULL;
    }
}

struct told_object *told_object_of(struct told_object *objects, size_t count,
                                   const struct stuck_thread *thread)
{
    const struct waiting *waiting = &thread->waiting;
    const char *kind = told_kind(waiting->what);
    if (!kind || waiting->object == 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        /* Shared memory has the same address in a parent and its child; so has what is no more
         * than a copy, which the same words tell as well. */
        if (objects[i].address == waiting->object && strcmp(objects[i].kind, kind) == 0 &&
            (objects[i].process == thread->process || same_text(objects[i].name, waiting->name)))
            return &objects[i];
    }
    return NULL;
}

/* A name that a thread which holds it knows. */
static const char *held_name(const struct explanation *explanation,
                             const struct told_object *object)
{
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        for (size_t k = 0; thread->process == object->process && k < thread->held_count; k++) {
            if (thread->held[k].object == object->address && thread->held[k].name)
                return thread->held[k].name;
        }
    }
    return NULL;
}

static bool look_alike(const struct told_object *left, const struct told_object *right)
{
    return left->name ? same_text(left->name, right->name)
                      : !right->name && strcmp(left->kind, right->kind) == 0;
}

static void mark_alike(struct told_object *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; !objects[i].alike && k < count; k++) {
            if (look_alike(&objects[i], &objects[k]))
                objects[i].alike = objects[k].alike = true;
        }
        for (size_t k = i + 1; objects[i].alike && k < count; k++)
            objects[k].alike = objects[k].alike || look_alike(&objects[i], &objects[k]);
    }
}

size_t told_object_letter(struct told_object *objects, size_t count, struct told_object *object)
{
    if (!object->alike || object->letter > 0)
        return object->letter;
    size_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (objects[i].letter > last && look_alike(object, &objects[i]))
            last = objects[i].letter;
    }
    return object->letter = last + 1;
}

void told_objects_find(const struct explanation *explanation, struct told_object **objects,
                       size_t *count)
{
    *objects = NULL;
    *count = 0;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        const struct stuck_thread *thread = &explanation->threads[i];
        const char *kind = told_kind(thread->waiting.what);
        if (!kind || thread->waiting.object == 0)
            continue;
        struct told_object *known = told_object_of(*objects, *count, thread);
        if (!known) {
            known = xappend((void **)objects, count, sizeof **objects);
            *known = (struct told_object){
                .process = thread->process, .address = thread->waiting.object, .kind = kind};
        }
        if (!known->name)
            known->name = thread->waiting.name;
    }
    for (size_t i = 0; i < *count; i++) {
        if (!(*objects)[i].name)
            (*objects)[i].name = held_name(explanation, &(*objects)[i]);
    }
    mark_alike(*objects, *count);
}
