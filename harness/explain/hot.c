#include "explain/hot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/memory.h"

enum {
    LOOKS = 40,
    BETWEEN_NS = 5000000,
    BUSY_NS = 1000000, /* of processor time in all looks: more than it takes to go back to sleep */
};

/* The own lines one thread was seen at. */
struct tally {
    struct line {
        char *file;
        int line;
        unsigned seen;
    } * lines;
    size_t count;
    unsigned most;
    unsigned ready;
    uint64_t cpu_ns; /* at the first look */
};

/* /proc/PID/task/TID/schedstat begins with the nanoseconds spent on a processor. */
static uint64_t cpu_ns(const struct proc_thread *thread)
{
    char path[64];
    char text[128];
    uint64_t ns = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", thread->pid, thread->tid);
    if (proc_read_file(path, text, sizeof text) <= 0 || sscanf(text, "%" SCNu64, &ns) != 1)
        return 0;
    return ns;
}

/* How often this place was met, the present time included. */
static unsigned tally_add(struct tally *tally, const struct place *place)
{
    for (size_t i = 0; i < tally->count; i++)
        if (tally->lines[i].line == place->line && strcmp(tally->lines[i].file, place->file) == 0)
            return ++tally->lines[i].seen;
    *(struct line *)xappend((void **)&tally->lines, &tally->count, sizeof *tally->lines) =
        (struct line){xstrdup(place->file), place->line, 1};
    return 1;
}

static void look(struct view *view, size_t index, struct tally *tally)
{
    struct stuck_thread *thread = &view->explanation->threads[index];
    struct proc_thread now;
    if (proc_read_thread(view->samples[index].pid, view->samples[index].tid, &now) < 0)
        return;
    view->samples[index] = now;
    if (now.state != 'R')
        return;
    tally->ready++;
    struct stuck_thread seen = {.process = thread->process, .tid = thread->tid, .own = NO_INDEX};
    struct frame_states stack = {0};
    view_stack(view, &now, &seen, &stack);
    const struct place *place = stuck_thread_place(&seen);
    unsigned times = place && place->file ? tally_add(tally, place) : 0;
    if (times > tally->most || (tally->most == 0 && thread->frame_count == 0)) {
        tally->most = times;
        view_swap_stack(view, index, &seen, &stack);
    }
    view_drop_stack(&seen, &stack);
}

void hot_watch(struct view *view)
{
    const struct timespec pause = {.tv_nsec = BETWEEN_NS};
    size_t count = view->explanation->thread_count;
    struct tally *tallies = xcalloc(count, sizeof *tallies);
    for (size_t i = 0; i < count; i++)
        tallies[i].cpu_ns = cpu_ns(&view->samples[i]);
    for (int round = 0; round < LOOKS; round++) {
        for (size_t i = 0; i < count; i++)
            look(view, i, &tallies[i]);
        nanosleep(&pause, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        struct stuck_thread *thread = &view->explanation->threads[i];
        uint64_t used_ns = cpu_ns(&view->samples[i]) - tallies[i].cpu_ns;
        thread->cpu_ms = used_ns / 1000000;
        /* Under Valgrind a thread sleeps until it is its turn. */
        bool client = view_process(view, i)->client;
        /* Of two that contend for a lock one runs at any time, so that one does in half of the looks. */
        thread->ready = tallies[i].ready >= LOOKS / 2 || (client && used_ns >= BUSY_NS);
        for (size_t k = 0; k < tallies[i].count; k++)
            free(tallies[i].lines[k].file);
        free(tallies[i].lines);
    }
    free(tallies);
}
