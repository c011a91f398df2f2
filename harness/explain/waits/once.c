#include "explain/waits/once.h"

#include <stdlib.h>

#include "explain/waits/calls.h"
#include "explain/waits/futex.h"
#include "explain/waits/holder.h"
#include "model/memory.h"

enum { STACK_WORDS = 512, STACK_PIECES = 32 };

/* How sure it is that a thread runs the initialiser of a control. */
enum runs {
    RUNS_NOT,
    RUNS_MAYBE,   /* it runs some initialiser; its stack cannot tell of which control */
    RUNS_LIKELY,  /* it runs some initialiser, and its stack has the control's address */
    RUNS_CERTAIN, /* its stack has glibc's record of the control for the case of cancellation */
};

/*
 * What a stack says. While an initialiser runs, a record of three words lies there: the function
 * that takes the control back, the control, and 1 (struct __pthread_cleanup_combined_frame, glibc
 * 2.36 sysdeps/nptl/pthreadP.h). A thread that only waits has none; a sanitizer's own
 * pthread_once() makes none either. Read by pages, for a stack may end anywhere.
 */
static enum runs stack_says(const struct wait_sources *sources, const struct proc_thread *thread,
                            uint64_t control)
{
    uint64_t words[STACK_WORDS];
    uint64_t before[2] = {0, 0};
    uint64_t at = thread->stack & ~(uint64_t)(sizeof words - 1);
    enum runs found = RUNS_NOT;
    for (int piece = 0; piece < STACK_PIECES; piece++, at += sizeof words) {
        if (!sources->read(sources->context, thread->pid, at, words, sizeof words))
            break;
        for (size_t i = 0; i < STACK_WORDS; i++) {
            if (at + i * sizeof *words < thread->stack)
                continue;
            if (before[0] != 0 && before[1] == control && (uint32_t)words[i] == 1)
                return RUNS_CERTAIN;
            if (words[i] == control)
                found = RUNS_LIKELY;
            before[0] = before[1];
            before[1] = words[i];
        }
    }
    return found;
}

static enum runs runs_initialiser(const struct explanation *explanation, size_t index,
                                  const struct wait_sources *sources, uint64_t control)
{
    const struct stuck_thread *thread = &explanation->threads[index];
    size_t calls = call_count_once(thread->frames, thread->frame_count);
    bool waits = call_in_frames(thread->frames, thread->frame_count).what == FOR_ONCE;
    struct proc_thread sample;
    bool seen =
        proc_read_thread(explanation->processes[thread->process].pid, thread->tid, &sample) == 0 &&
        sample.call >= 0;
    waits = waits && (!seen || futex_is_wait(sample.call));
    if (calls == 0 || (waits && calls < 2))
        return RUNS_NOT;
    if (!seen)
        return RUNS_MAYBE;
    enum runs runs = stack_says(sources, &sample, control);
    /* Of a thread that waits for the control itself, the address alone says nothing. */
    if (runs == RUNS_LIKELY && futex_is_wait(sample.call) && sample.args[0] == control)
        return RUNS_MAYBE;
    return runs;
}

void once_tell(const struct explanation *explanation, size_t index,
               const struct wait_sources *sources, struct waiting *waiting)
{
    const struct stuck_thread *self = &explanation->threads[index];
    enum runs best = RUNS_MAYBE;
    for (size_t i = 0; i < explanation->thread_count; i++) {
        if (explanation->threads[i].process != self->process)
            continue;
        enum runs runs = runs_initialiser(explanation, i, sources, waiting->object);
        /* The waiter itself comes last: without a record it is a guess that another may refute. */
        if (runs < best || (i == index && runs != RUNS_CERTAIN))
            continue;
        if (runs > best) {
            free(waiting->holders);
            waiting->holders = NULL;
            waiting->holder_count = 0;
            best = runs;
        }
        holder_add(waiting, i, self->process, NULL, -1);
    }
    if (best == RUNS_MAYBE && call_count_once(self->frames, self->frame_count) > 1) {
        best = waiting->holder_count == 0 ? RUNS_LIKELY : RUNS_MAYBE;
        holder_add(waiting, index, self->process, NULL, -1);
    }
    if (waiting->holder_count == 0)
        waiting->note = xstrdup("glibc does not record which thread runs the initialiser, and no "
                                "stack shows it");
    waiting->certain = waiting->certain && waiting->holder_count == 1 && best > RUNS_MAYBE;
}
