/* What failed, in one sentence. */
#include "explore/resolver.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

enum failure resolve_failure(const struct wire_outcome *outcome)
{
    switch (outcome->end) {
    case WIRE_DEADLOCK:
        return FAILURE_DEADLOCK;
    case WIRE_ASSERTED:
        return FAILURE_ASSERT;
    case WIRE_SIGNALLED:
        return FAILURE_CRASH;
    case WIRE_EXITED:
        return outcome->status != 0 ? FAILURE_STATUS : FAILURE_NONE;
    case WIRE_LIVELOCK:
        return FAILURE_LIVELOCK;
    case WIRE_DESTROYED:
        return FAILURE_DESTROYED;
    case WIRE_FREED:
        return FAILURE_FREED;
    default:
        return FAILURE_NONE;
    }
}

static const char *label(const struct teller *teller, uint64_t thread)
{
    return resolver_label(teller->resolver, thread);
}

/* The last of these steps on memory that has the address; NULL: none. */
static const struct wire_step *last_on(const struct teller *teller, enum wire_op op,
                                       uint64_t address)
{
    for (size_t i = teller->count; i-- > 0;) {
        const struct wire_step *step = &teller->steps[i];
        uint64_t size = step->size ? step->size : 1;
        if (step->op == op && address >= step->object && address - step->object < size)
            return step;
    }
    return NULL;
}

/* "`x.lock` is used at x.c:30 in main after thread 2 destroyed it at x.c:12" */
static char *gone_sentence(const struct teller *teller, enum wire_op op, const char *done)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    const struct wire_step *end = last_on(teller, op, outcome->object);
    char *name = object_phrase(teller->resolver, op, outcome->object);
    char *place = teller_place(teller, outcome->pc);
    const char *who = label(teller, outcome->thread);
    char *sentence = NULL;
    if (end) {
        char *before = teller_place(teller, end->pc);
        sentence = xasprintf("%s is used %s in %s after %s %s it %s", name ? name : "memory", place,
                             who, label(teller, end->thread), done, before);
        free(before);
    } else {
        sentence = xasprintf("%s is used %s in %s after it was %s", name ? name : "memory", place,
                             who, done);
    }
    if (outcome->message[0]) {
        char *more =
            xasprintf("%s: %.*s", sentence, (int)sizeof(outcome->message), outcome->message);
        free(sentence);
        sentence = more;
    }
    free(name);
    free(place);
    return sentence;
}

static char *livelock_sentence(const struct teller *teller)
{
    char *text = NULL;
    for (size_t i = 0; i < teller->threads; i++) {
        if (!teller_stuck(teller, i))
            continue;
        char *place = teller_place(teller, teller->block->threads[i].next.pc);
        text = teller_join(text, ", ", xasprintf("%s %s", label(teller, i), place));
        free(place);
    }
    char *sentence = xasprintf("livelock: threads repeat themselves and nothing changes%s%s",
                               text ? ": " : "", text ? text : "");
    free(text);
    return sentence;
}

static char *assert_sentence(const struct teller *teller)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    char file[sizeof(outcome->file) + 1] = "";
    memcpy(file, outcome->file, sizeof(outcome->file));
    struct place told = {.file = file, .line = outcome->line};
    char *place = place_phrase(&told);
    char *sentence = xasprintf("assert(%.*s) fails %s in %s", (int)sizeof(outcome->message),
                               outcome->message, place, label(teller, outcome->thread));
    free(place);
    return sentence;
}

static char *crash_sentence(const struct teller *teller)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    const char *signal = sigabbrev_np(outcome->status);
    char *place = outcome->pc ? teller_place(teller, outcome->pc) : NULL;
    char *sentence =
        signal
            ? xasprintf("%s crashes by SIG%s", label(teller, outcome->thread), signal)
            : xasprintf("%s crashes by signal %d", label(teller, outcome->thread), outcome->status);
    if (place)
        sentence = teller_join(sentence, " ", place);
    return sentence;
}

char *resolve_sentence(struct resolver *resolver, struct wire_block *block,
                       const struct explanation *replayed)
{
    const struct wire_outcome *outcome = &block->outcome;
    struct teller teller = {.resolver = resolver, .block = block, .steps = wire_steps(block)};
    char *sentence = NULL;
    resolver_take(resolver, block);
    teller.count = outcome->steps < block->steps_room ? outcome->steps : (size_t)block->steps_room;
    teller.threads = resolver->label_count;
    teller.holds = holds_of(teller.steps, teller.count, &teller.held);
    switch (resolve_failure(outcome)) {
    case FAILURE_DEADLOCK:
        sentence = replayed && replayed->sentence_count > 0 ? xstrdup(replayed->sentences[0])
                                                            : deadlock_sentence(&teller);
        break;
    case FAILURE_ASSERT:
        sentence = assert_sentence(&teller);
        break;
    case FAILURE_CRASH:
        sentence = crash_sentence(&teller);
        break;
    case FAILURE_STATUS:
        sentence = xasprintf("the program ends with status %d", outcome->status);
        break;
    case FAILURE_LIVELOCK:
        sentence = livelock_sentence(&teller);
        break;
    case FAILURE_DESTROYED:
        sentence = gone_sentence(&teller, WIRE_DESTROY, "destroyed");
        break;
    case FAILURE_FREED:
        sentence = gone_sentence(&teller, WIRE_FREE, "freed");
        break;
    default:
        break;
    }
    free(teller.holds);
    return sentence;
}

void resolve_lost(struct resolver *resolver, const struct wire_outcome *outcome,
                  struct exploration *exploration)
{
    static const char *const reasons[WIRE_LOST_COUNT] = {
        "A thread waited for something outside the program while others went on",
        "A thread went on for long without a point, in code that is not instrumented",
        "A child process went on freely beside the program",
        "There were more threads than can be scheduled, or some that a raw system call made",
        "An object was shared with other processes",
        "A signal came at its own time",
        "A thread slept in a call that is not known",
    };
    for (unsigned i = 0; i < WIRE_LOST_COUNT; i++) {
        if (!(outcome->lost >> i & 1))
            continue;
        char *place = NULL;
        /* The place is of the first that was noted, which is known where there is one alone. */
        if (outcome->lost_pc && outcome->lost == 1u << i)
            place = place_phrase(resolver_place(resolver, outcome->lost_pc, true));
        char **sentence =
            xappend((void **)&exploration->lost, &exploration->lost_count, sizeof(*sentence));
        *sentence = place ? xasprintf("%s, %s.", reasons[i], place) : xasprintf("%s.", reasons[i]);
        free(place);
    }
}
