/* What failed, in one sentence. */
#include "explore/resolver.h"

#include "explore/rows.h"
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

/* The step that the run ended with; `count` where it is none. */
static size_t failing_step(const struct teller *teller)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    for (size_t i = teller->count; i-- > 0;) {
        if (teller->steps[i].thread == outcome->thread)
            return teller->steps[i].pc == outcome->pc ? i : teller->count;
    }
    return teller->count;
}

/* The last such step before, on memory that has the address; NULL: none. */
static const struct wire_step *last_on(const struct teller *teller, enum wire_op op,
                                       uint64_t address)
{
    for (size_t i = failing_step(teller); i-- > 0;) {
        const struct wire_step *step = &teller->steps[i];
        uint64_t size = step->size ? step->size : 1;
        if (step->op == op && address >= step->object && address - step->object < size)
            return step;
    }
    return NULL;
}

/* The runtime's own words, in which "thread 1" is the thread of that index, with the labels of people. */
static char *relabelled(const struct teller *teller, const char *text, size_t length)
{
    static const char word[] = "thread ";
    char *told = xstrndup(text, length);
    char *at = strstr(told, word);
    char *end = NULL;
    if (!at || at[sizeof(word) - 1] < '0' || at[sizeof(word) - 1] > '9')
        return told;
    unsigned long index = strtoul(at + sizeof(word) - 1, &end, 10);
    char *whole = xasprintf("%.*s%s%s", (int)(at - told), told, label(teller, index), end);
    free(told);
    return whole;
}

/* "; main destroyed it at x.c:12", or "". */
static char *ended_by(const struct teller *teller, enum wire_op op, const char *done)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    const struct wire_step *end = last_on(teller, op, outcome->object);
    const char *freed_at = strstr(outcome->message, "freed-at ");
    uint64_t pc = end ? end->pc : freed_at ? strtoull(freed_at + strlen("freed-at "), NULL, 16) : 0;
    char *place = pc ? teller_place(teller, pc) : NULL;
    char *text = end     ? xasprintf("; %s %s it %s", label(teller, end->thread), done, place)
                 : place ? xasprintf("; it was %s %s", done, place)
                         : xstrdup("");
    free(place);
    return text;
}

/* "`x.lock`: a mutex is locked after it was destroyed, at x.c:30 in main; thread 2 destroyed it at x.c:12" */
static char *destroyed_sentence(const struct teller *teller)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    size_t length = strnlen(outcome->message, sizeof(outcome->message));
    bool after = length == 0 || memmem(outcome->message, length, "after", strlen("after"));
    char *what = length ? relabelled(teller, outcome->message, length)
                        : xstrdup("it is used after it was destroyed");
    char *name = object_phrase(teller->resolver, WIRE_DESTROY, outcome->object);
    char *place = teller_place(teller, outcome->pc);
    char *end = after ? ended_by(teller, WIRE_DESTROY, "destroyed") : xstrdup("");
    char *sentence = xasprintf("%s%s%s, %s in %s%s", name ? name : "", name ? ": " : "", what,
                               place, label(teller, outcome->thread), end);
    free(what);
    free(name);
    free(place);
    free(end);
    return sentence;
}

/* "read of 4 bytes, 8 bytes into a block of up to 32 bytes, at x.c:9 in thread 2; main freed it at x.c:5" */
static char *freed_sentence(const struct teller *teller)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    size_t length = strnlen(outcome->message, sizeof(outcome->message));
    const char *that = memmem(outcome->message, length, " that ", strlen(" that "));
    char *what = that ? xstrndup(outcome->message, (size_t)(that - outcome->message))
                      : xstrdup("memory is used after it was freed");
    char *place = teller_place(teller, outcome->pc);
    char *end = ended_by(teller, WIRE_FREE, "freed");
    char *sentence = xasprintf("%s, %s in %s%s", what, place, label(teller, outcome->thread), end);
    free(what);
    free(place);
    free(end);
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
    char *place = place_phrase(teller->resolver, &told);
    char *sentence = xasprintf("assert(%.*s) fails %s in %s", (int)sizeof(outcome->message),
                               outcome->message, place, label(teller, outcome->thread));
    free(place);
    return sentence;
}

static char *crash_sentence(const struct teller *teller)
{
    const struct wire_outcome *outcome = &teller->block->outcome;
    const char *signal = sigabbrev_np(outcome->status);
    const struct place *at =
        resolver_place(teller->resolver, outcome->pc, outcome_after_call(outcome));
    char *place = outcome->pc ? place_phrase(teller->resolver, at) : NULL;
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
        sentence = destroyed_sentence(&teller);
        break;
    case FAILURE_FREED:
        sentence = freed_sentence(&teller);
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
            place = place_phrase(resolver, resolver_place(resolver, outcome->lost_pc, true));
        char **sentence =
            xappend((void **)&exploration->lost, &exploration->lost_count, sizeof(*sentence));
        *sentence = place ? xasprintf("%s, %s.", reasons[i], place) : xasprintf("%s.", reasons[i]);
        free(place);
    }
}
