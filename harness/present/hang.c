#include "present/hang.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/memory.h"

enum { MOST_PRINTED = 24 }; /* frames of one thread */

void hang_print_sentences(FILE *out, const struct style *style,
                          const struct explanation *explanation)
{
    for (size_t i = 0; i < explanation->sentence_count; i++)
        print_wrapped(out, style, 0, explanation->sentences[i]);
    if (explanation->trouble)
        print_wrapped(out, style, 0, explanation->trouble);
}

static void print_text(FILE *out, const char *text)
{
    print_inert(out, text, strlen(text));
}

/* "function  file.c:22", "function  server+0x12f0", "0x401234" */
static void print_place(FILE *out, const struct place *place)
{
    print_text(out, place->function ? place->function : "(no symbol)");
    fputs("  ", out);
    if (place->file && place->line > 0) {
        print_text(out, place->file);
        fprintf(out, ":%d", place->line);
    } else {
        print_text(out, place->module ? basename(place->module) : "no known code");
        fprintf(out, " (0x%" PRIx64 ")", place->address);
    }
}

/* The program's own frames are the ones worth a line; without any, all are. */
static void print_stack(FILE *out, const struct style *style, const struct stuck_thread *thread)
{
    size_t first = thread->own < thread->frame_count ? thread->own : 0;
    size_t printed = 0;
    for (size_t i = first; i < thread->frame_count && printed < MOST_PRINTED; i++) {
        const struct place *frame = &thread->frames[i];
        if (i > first && first == thread->own && frame->line == 0 && thread->frames[first].line)
            continue; /* start-up code, or a library's between the program's own */
        fprintf(out, "      %s", i == thread->own ? style_bold(style) : "");
        print_place(out, frame);
        fprintf(out, "%s\n", i == thread->own ? style_end(style) : "");
        printed++;
    }
    if (thread->stack_note) {
        fputs("      (", out);
        print_text(out, thread->stack_note);
        fputs(")\n", out);
    }
}

static void print_quoted(FILE *out, const char *before, const char *name)
{
    fputs(before, out);
    fputc('`', out);
    print_text(out, name);
    fputc('`', out);
}

static void print_wait(FILE *out, const struct waiting *waiting)
{
    switch (waiting->what) {
    case FOR_NOTHING:
        fputs(" runs", out);
        break;
    case FOR_TIME:
        fputs(" sleeps for a time", out);
        break;
    default:
        fprintf(out, " waits for %s", wait_for_word(waiting->what));
        if (waiting->name)
            print_quoted(out, " ", waiting->name);
        if (waiting->limited)
            fputs(", for a limited time", out);
        break;
    }
    if (waiting->call) {
        fputs(", in ", out);
        print_text(out, waiting->call);
    }
    if (waiting->fd >= 0)
        fprintf(out, ", descriptor %d", waiting->fd);
}

static void print_holders(FILE *out, const struct explanation *explanation,
                          const struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->holder_count; i++) {
        const struct holder *holder = &waiting->holders[i];
        fputs("      on ", out);
        if (holder->thread != NO_INDEX)
            print_text(out, explanation->threads[holder->thread].label);
        else if (holder->process != NO_INDEX)
            fprintf(out, "process %d", (int)explanation->processes[holder->process].pid);
        else
            print_text(out, holder->who ? holder->who : "nobody that is known");
        if (holder->fd >= 0)
            fprintf(out, ", descriptor %d", holder->fd);
        if (holder->taken.line > 0) {
            fputs(", taken at ", out);
            print_place(out, &holder->taken);
        }
        fputc('\n', out);
    }
    if (waiting->predicate) {
        fputs("      while ", out);
        print_text(out, waiting->predicate);
        if (waiting->values)
            fputs(": ", out);
        print_text(out, waiting->values ? waiting->values : "");
        fputc('\n', out);
    }
    if (waiting->history) {
        fputs("      ", out);
        print_text(out, waiting->history);
        fputc('\n', out);
    }
    if (waiting->note) {
        fputs("      (", out);
        print_text(out, waiting->note);
        fputs(")\n", out);
    }
}

static void print_held(FILE *out, const struct stuck_thread *thread)
{
    for (size_t i = 0; i < thread->held_count; i++) {
        const struct held *held = &thread->held[i];
        fputs(held->shared ? "      holds for reading " : "      holds ", out);
        if (held->name)
            print_quoted(out, "", held->name);
        else
            fprintf(out, "the lock at 0x%" PRIx64, held->object);
        if (held->taken.line > 0) {
            fputs(", taken at ", out);
            print_place(out, &held->taken);
        }
        fputc('\n', out);
    }
}

static void print_thread(FILE *out, const struct style *style,
                         const struct explanation *explanation, const struct stuck_thread *thread)
{
    fprintf(out, "  %s", style_bold(style));
    print_text(out, thread->label);
    fprintf(out, "%s (tid %d)", style_end(style), (int)thread->tid);
    if (thread->stopped)
        fputs(" is stopped", out);
    print_wait(out, &thread->waiting);
    fputc('\n', out);
    print_holders(out, explanation, &thread->waiting);
    print_held(out, thread);
    print_stack(out, style, thread);
}

void hang_print_threads(FILE *out, const struct style *style, const struct explanation *explanation)
{
    for (size_t p = 0; p < explanation->process_count; p++) {
        const struct stuck_process *process = &explanation->processes[p];
        fprintf(out, "\nprocess %d, ", (int)process->pid);
        print_text(out, process->program ? process->program : "its program cannot be seen");
        fputc('\n', out);
        if (process->note) {
            fputs("  (", out);
            print_text(out, process->note);
            fputs(")\n", out);
        }
        for (size_t i = 0; i < explanation->thread_count; i++)
            if (explanation->threads[i].process == p)
                print_thread(out, style, explanation, &explanation->threads[i]);
    }
}
