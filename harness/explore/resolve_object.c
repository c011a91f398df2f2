/* Names for the objects of operations. */
#include "explore/resolver.h"

#include "explain/code/variables.h"
#include "model/memory.h"

#include <inttypes.h>
#include <stdlib.h>

/* What an object without a name is called by the operations on it; NULL: no object in memory. */
static const char *kind_of(enum wire_op op)
{
    switch (op) {
    case WIRE_LOCK:
    case WIRE_TRY_LOCK:
    case WIRE_UNLOCK:
        return "mutex";
    case WIRE_SPIN_LOCK:
    case WIRE_SPIN_TRY_LOCK:
    case WIRE_SPIN_UNLOCK:
        return "spin lock";
    case WIRE_READ_LOCK:
    case WIRE_TRY_READ_LOCK:
    case WIRE_WRITE_LOCK:
    case WIRE_TRY_WRITE_LOCK:
    case WIRE_RWLOCK_UNLOCK:
        return "read-write lock";
    case WIRE_WAIT:
    case WIRE_WAKE:
    case WIRE_SIGNAL:
    case WIRE_BROADCAST:
        return "condition";
    case WIRE_SEM_WAIT:
    case WIRE_SEM_TRY_WAIT:
    case WIRE_SEM_POST:
        return "semaphore";
    case WIRE_BARRIER_ARRIVE:
    case WIRE_BARRIER_LEAVE:
        return "barrier";
    case WIRE_INIT:
    case WIRE_DESTROY:
    case WIRE_ONCE:
        return "object";
    case WIRE_READ:
    case WIRE_WRITE:
    case WIRE_ATOMIC_LOAD:
    case WIRE_ATOMIC_STORE:
    case WIRE_ATOMIC_UPDATE:
    case WIRE_FREE:
    case WIRE_FUTEX_WAIT:
    case WIRE_FUTEX_WAKE:
    case WIRE_NONE: /* what a run failed at */
        return "memory";
    default:
        return NULL;
    }
}

static struct nameless *find(struct resolver *resolver, uint64_t address)
{
    for (size_t i = 0; i < resolver->nameless_count; i++) {
        struct nameless *nameless = &resolver->nameless[i];
        if (address >= nameless->from && address < nameless->to)
            return nameless;
    }
    return NULL;
}

static struct nameless *add(struct resolver *resolver, const char *kind, uint64_t from, uint64_t to)
{
    size_t number = 1;
    for (size_t i = 0; i < resolver->nameless_count; i++)
        number += !resolver->nameless[i].name && resolver->nameless[i].kind == kind;
    struct nameless *nameless = xappend((void **)&resolver->nameless, &resolver->nameless_count,
                                        sizeof(*resolver->nameless));
    *nameless = (struct nameless){.from = from, .to = to, .kind = kind, .number = number};
    return nameless;
}

static char *memory_phrase(struct resolver *resolver, const char *kind, uint64_t address)
{
    const struct variable *variable = variables_at(&resolver->image, address);
    if (variable) {
        struct object object = variable->object;
        char *path = xstrdup(variable->name);
        object_descend(&object, address, &path);
        char *quoted = xasprintf("`%s`", path);
        free(path);
        return quoted;
    }
    const struct nameless *nameless = find(resolver, address);
    if (!nameless)
        nameless = add(resolver, kind, address, address + 1);
    if (nameless->name)
        return xasprintf("`%s`", nameless->name);
    if (address > nameless->from)
        return xasprintf("%s %zu + %" PRIu64, nameless->kind, nameless->number,
                         address - nameless->from);
    return xasprintf("%s %zu", nameless->kind, nameless->number);
}

char *object_phrase(struct resolver *resolver, enum wire_op op, uint64_t object)
{
    switch (op) {
    case WIRE_CREATE:
    case WIRE_JOIN:
    case WIRE_SIGNAL_SEND:
    case WIRE_CANCEL:
        return xstrdup(resolver_label(resolver, object));
    case WIRE_RECEIVE:
    case WIRE_SEND:
    case WIRE_POLL:
    case WIRE_CLOSE:
        return xasprintf("descriptor %" PRIu64, object);
    default:
        return kind_of(op) && object ? memory_phrase(resolver, kind_of(op), object) : NULL;
    }
}

char *lock_phrase(struct resolver *resolver, uint64_t object)
{
    return memory_phrase(resolver, kind_of(WIRE_LOCK), object);
}

static void learn(struct resolver *resolver, uint64_t address, const char *name)
{
    if (!address || !name || find(resolver, address))
        return;
    add(resolver, "object", address, address + 1)->name = xstrdup(name);
}

void resolver_learn(struct resolver *resolver, const struct explanation *replayed)
{
    for (size_t i = 0; i < replayed->thread_count; i++) {
        const struct stuck_thread *thread = &replayed->threads[i];
        learn(resolver, thread->waiting.object, thread->waiting.name);
        for (size_t k = 0; k < thread->held_count; k++)
            learn(resolver, thread->held[k].object, thread->held[k].name);
    }
}

/* Objects for synchronisation, numbered in the order in which they are first used as what they are; then what was
 * freed, each a block. */
void resolver_learn_memory(struct resolver *resolver, const struct wire_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *kind = kind_of(steps[i].op);
        uint64_t address = steps[i].object;
        if (kind && address && kind != kind_of(WIRE_INIT) && kind != kind_of(WIRE_READ) &&
            !find(resolver, address) && !variables_at(&resolver->image, address))
            add(resolver, kind, address, address + 1);
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t address = steps[i].object;
        if (steps[i].op == WIRE_FREE && address && steps[i].size > 0 && !find(resolver, address))
            add(resolver, "heap block", address, address + steps[i].size);
    }
}
