/* Who waits for whom where no thread can go on. */
#include "explore/resolver.h"

#include "model/memory.h"

#include <stdlib.h>

enum { MOST_CLAUSES = 5 };

char *teller_place(const struct teller *teller, uint64_t pc)
{
    return place_phrase(resolver_place(teller->resolver, pc, true));
}

char *teller_join(char *text, const char *separator, char *more)
{
    char *longer = xasprintf("%s%s%s", text ? text : "", text ? separator : "", more);
    free(text);
    free(more);
    return longer;
}

bool teller_stuck(const struct teller *teller, size_t thread)
{
    const struct wire_thread *at = &teller->block->threads[thread];
    return !at->ended && at->next.op != WIRE_NONE;
}

/* Who holds the lock that this thread waits for; NULL: it waits for none, or nobody has it. */
static const struct hold *holder_of(const struct teller *teller, size_t thread)
{
    struct wire_step wish = teller->block->threads[thread].next;
    wish.flags = 0;
    uint64_t lock = step_takes(&wish);
    for (size_t i = 0; lock && wish.op != WIRE_WAKE && i < teller->held; i++) {
        if (teller->holds[i].object == lock)
            return &teller->holds[i];
    }
    return NULL;
}

/* The thread that stands in this one's way; NO_INDEX: none that is known. */
static size_t blocker_of(const struct teller *teller, size_t thread)
{
    const struct wire_step *next = &teller->block->threads[thread].next;
    const struct hold *hold = holder_of(teller, thread);
    if (!teller_stuck(teller, thread))
        return NO_INDEX;
    if (next->op == WIRE_JOIN && next->object < teller->threads)
        return (size_t)next->object;
    return hold && hold->thread < teller->threads ? hold->thread : NO_INDEX;
}

/* A thread of a cycle of waits; NO_INDEX: there is none. */
static size_t find_cycle(const struct teller *teller)
{
    for (size_t start = 0; start < teller->threads; start++) {
        size_t at = blocker_of(teller, start);
        for (size_t i = 0; i < teller->threads && at != NO_INDEX && at != start; i++)
            at = blocker_of(teller, at);
        if (at == start)
            return start;
    }
    return NO_INDEX;
}

/* "`a` (locked by thread 2 at bank.c:31)" */
static char *lock_clause(const struct teller *teller, size_t thread)
{
    const struct wire_step *next = &teller->block->threads[thread].next;
    const struct hold *hold = holder_of(teller, thread);
    char *object = object_phrase(teller->resolver, next->op, next->object);
    char *clause = NULL;
    if (!hold) {
        char *place = teller_place(teller, next->pc);
        clause = xasprintf("%s %s", object ? object : "a lock", place);
        free(place);
    } else {
        char *place = teller_place(teller, teller->steps[hold->step].pc);
        bool ended = hold->thread < teller->threads && teller->block->threads[hold->thread].ended;
        clause = xasprintf("%s (locked by %s%s %s)", object ? object : "a lock",
                           hold->thread == thread ? "itself"
                                                  : resolver_label(teller->resolver, hold->thread),
                           ended ? ", which has ended," : "", place);
        free(place);
    }
    free(object);
    return clause;
}

/* What it waits for, behind "waits for". */
static char *wait_clause(const struct teller *teller, size_t thread)
{
    const struct wire_step *next = &teller->block->threads[thread].next;
    struct wire_step wish = *next;
    wish.flags = 0;
    if (next->op != WIRE_WAKE && step_takes(&wish))
        return lock_clause(teller, thread);
    char *object = object_phrase(teller->resolver, next->op, next->object);
    char *place = teller_place(teller, next->pc);
    const char *what = object ? object : wire_op_word(next->op);
    char *clause = NULL;
    switch (next->op) {
    case WIRE_JOIN:
        clause = xasprintf("the end of %s %s", what, place);
        break;
    case WIRE_WAKE:
        clause = xasprintf("a signal of %s %s", what, place);
        break;
    case WIRE_SEM_WAIT:
        clause = xasprintf("a post of %s %s", what, place);
        break;
    case WIRE_BARRIER_LEAVE:
        clause = xasprintf("others at %s %s", what, place);
        break;
    default:
        clause = xasprintf("%s%s%s %s", wire_op_word(next->op), object ? " of " : "",
                           object ? object : "", place);
        break;
    }
    free(object);
    free(place);
    return clause;
}

static char *waits_text(const struct teller *teller, const size_t *threads, size_t count)
{
    char *text = NULL;
    for (size_t i = 0; i < count && i < MOST_CLAUSES; i++) {
        char *clause = wait_clause(teller, threads[i]);
        char *whole = xasprintf("%s%s for %s", resolver_label(teller->resolver, threads[i]),
                                i == 0 ? " waits" : "", clause);
        free(clause);
        text = teller_join(text, ", ", whole);
    }
    if (count > MOST_CLAUSES)
        text =
            teller_join(text, ", ", xasprintf("and %zu more threads wait", count - MOST_CLAUSES));
    return text;
}

char *deadlock_sentence(const struct teller *teller)
{
    size_t members[WIRE_THREADS];
    size_t count = 0;
    size_t start = find_cycle(teller);
    size_t at = start;
    while (at != NO_INDEX && count < teller->threads) {
        members[count++] = at;
        at = blocker_of(teller, at);
        if (at == start)
            break;
    }
    for (size_t i = 0; start == NO_INDEX && i < teller->threads; i++) {
        if (teller_stuck(teller, i))
            members[count++] = i;
    }
    char *waits = waits_text(teller, members, count);
    char *sentence = start != NO_INDEX ? xasprintf("deadlock: %s", waits)
                     : waits           ? xasprintf("no thread can go on: %s", waits)
                                       : xstrdup("no thread can go on");
    free(waits);
    return sentence;
}
