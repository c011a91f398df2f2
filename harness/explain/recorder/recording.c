#include "explain/recorder/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "explain/recorder/recorder_layout.h"
#include "model/memory.h"
#include "supervise/proc.h"

/* How often a note that is being rewritten is read. */
enum { ATTEMPTS = 8 };

struct source {
    pid_t pid;
    uint64_t map; /* address of its struct recording_map */
};

static int read_at(const struct source *source, uint64_t offset, void *buffer, size_t size)
{
    const struct iovec local = {buffer, size};
    const struct iovec remote = {(void *)(source->map + offset), size};
    ssize_t got = process_vm_readv(source->pid, &local, 1, &remote, 1, 0);
    if (got == (ssize_t)size)
        return 0;
    return got < 0 ? -errno : -EFAULT;
}

static uint64_t thread_offset(size_t slot)
{
    return offsetof(struct recording_map, threads) + slot * sizeof(struct thread_note);
}

static uint64_t call_offset(size_t slot, size_t hold)
{
    return offsetof(struct recording_map, calls) +
           (slot * RECORDING_HOLDS + hold) * sizeof(struct recorded_call);
}

static uint64_t wake_offset(size_t at)
{
    return offsetof(struct recording_map, wakes) + at * sizeof(struct wake_note);
}

static int find_map(pid_t pid, uint64_t *map)
{
    static const char name[] = "/memfd:" RECORDING_NAME " (deleted)";
    char path[32];
    char *line = NULL;
    size_t room = 0;
    int status = -ENODATA;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    if (!maps)
        return -errno;
    while (status == -ENODATA && getline(&line, &room, maps) > 0) {
        char *rest;
        const char *slash = strchr(line, '/');
        uint64_t low = strtoull(line, &rest, 16);
        uint64_t high = *rest == '-' ? strtoull(rest + 1, NULL, 16) : 0;
        if (!slash || strncmp(slash, name, sizeof name - 1) != 0 ||
            slash[sizeof name - 1] != '\n' || high - low < sizeof(struct recording_map))
            continue;
        *map = low;
        status = 0;
    }
    free(line);
    fclose(maps);
    return status;
}

static bool runs(pid_t pid, pid_t tid)
{
    struct proc_thread thread;
    return proc_read_switches(pid, tid, &thread) == 0 && thread.state != 'Z' && thread.state != 'X';
}

static int by_stamp(const void *left, const void *right)
{
    const struct recorded_hold *a = left;
    const struct recorded_hold *b = right;
    return (a->stamp > b->stamp) - (a->stamp < b->stamp);
}

/* Notes read before and after the calls agree where nothing was changed in between. */
static int read_holds(const struct source *source, size_t slot, const struct thread_note *before,
                      struct recorded_thread *thread, struct thread_note *after)
{
    struct recorded_hold found[RECORDING_HOLDS];
    int status = 0;
    for (size_t i = 0; status == 0 && i < RECORDING_HOLDS; i++)
        if (before->holds[i].stamp >= STAMP_FIRST)
            status = read_at(source, call_offset(slot, i), &found[i].call, sizeof found[i].call);
    if (status == 0)
        status = read_at(source, thread_offset(slot), after, sizeof *after);
    for (size_t i = 0; status == 0 && i < RECORDING_HOLDS && after->birth == before->birth; i++) {
        const struct hold_note *note = &before->holds[i];
        if (note->stamp < STAMP_FIRST || after->holds[i].stamp != note->stamp)
            continue;
        struct recorded_hold *hold =
            xappend((void **)&thread->holds, &thread->hold_count, sizeof *hold);
        *hold = found[i];
        hold->object = note->object;
        hold->stamp = note->stamp;
        hold->kind = (enum recorded_kind)note->kind;
        if (hold->call.words > RECORDED_WORDS)
            hold->call.words = 0;
    }
    return status;
}

static int read_thread(const struct source *source, size_t slot, struct recording *recording)
{
    struct thread_note before = {0};
    struct thread_note after = {0};
    struct recorded_thread thread;
    int status;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        thread = (struct recorded_thread){0};
        status = read_at(source, thread_offset(slot), &before, sizeof before);
        if (status != 0 || before.birth < STAMP_FIRST)
            return status;
        status = read_holds(source, slot, &before, &thread, &after);
        if (status == 0 && after.birth == before.birth)
            break;
        free(thread.holds);
        if (status != 0)
            return status;
        thread.holds = NULL;
        before.birth = STAMP_NONE;
    }
    if (before.birth == STAMP_NONE)
        return 0;
    if (thread.hold_count > 0)
        qsort(thread.holds, thread.hold_count, sizeof *thread.holds, by_stamp);
    thread.tid = before.tid;
    thread.inherits = before.inherits;
    thread.inherited = before.pid != source->pid;
    thread.ended = thread.inherited || before.ended || !runs(source->pid, before.tid);
    if (before.wait_stamp >= STAMP_FIRST && after.wait_stamp == before.wait_stamp) {
        thread.waits_on = before.waits_on;
        thread.wait_mutex = before.wait_mutex;
        thread.wait_stamp = before.wait_stamp;
    }
    struct recorded_thread *added =
        xappend((void **)&recording->threads, &recording->thread_count, sizeof *added);
    *added = thread;
    return 0;
}

static int read_wakes(const struct source *source, size_t at, uint64_t object,
                      struct recording *recording)
{
    struct wake_note note = {0};
    struct wake_note after = {0};
    int status = 0;
    bool whole = false;
    for (int attempt = 0; status == 0 && !whole && attempt < ATTEMPTS; attempt++) {
        status = read_at(source, wake_offset(at), &note, sizeof note);
        if (status == 0)
            status = read_at(source, wake_offset(at), &after,
                             offsetof(struct wake_note, call)); /* only what tells of a change */
        whole = note.stamp == note.last_stamp && after.stamp == note.stamp;
    }
    if (status != 0 || note.count == 0)
        return status;
    struct recorded_wakes *wakes =
        xappend((void **)&recording->wakes, &recording->wake_count, sizeof *wakes);
    wakes->object = object;
    wakes->count = note.count;
    wakes->last_stamp = note.last_stamp;
    if (!whole)
        return 0;
    wakes->last_tid = note.tid;
    wakes->last = note.call;
    if (wakes->last.words > RECORDED_WORDS)
        wakes->last.words = 0;
    return 0;
}

static int read_all(const struct source *source, struct recording *recording)
{
    struct recording_map *head = xcalloc(1, offsetof(struct recording_map, threads));
    int status = read_at(source, 0, head, offsetof(struct recording_map, threads));
    if (status == 0 && (head->magic != RECORDING_MAGIC || head->size != sizeof *head))
        status = -ENODATA;
    size_t used = head->threads_used < RECORDING_THREADS ? head->threads_used : RECORDING_THREADS;
    for (size_t i = 0; status == 0 && i < used; i++)
        status = read_thread(source, i, recording);
    for (size_t i = 0; status == 0 && i < RECORDING_WAKES; i++)
        if (head->wake_objects[i] != 0)
            status = read_wakes(source, i, head->wake_objects[i], recording);
    recording->incomplete = head->incomplete != 0;
    free(head);
    return status;
}

int recording_read(pid_t pid, struct recording *recording)
{
    struct source source = {.pid = pid};
    *recording = (struct recording){0};
    int status = find_map(pid, &source.map);
    if (status != 0)
        return status;
    status = read_all(&source, recording);
    if (status != 0)
        recording_release(recording);
    return status;
}

void recording_release(struct recording *recording)
{
    for (size_t i = 0; i < recording->thread_count; i++)
        free(recording->threads[i].holds);
    free(recording->threads);
    free(recording->wakes);
    *recording = (struct recording){0};
}

const struct recorded_thread *recording_thread(const struct recording *recording, pid_t tid)
{
    const struct recorded_thread *found = NULL;
    for (size_t i = 0; i < recording->thread_count; i++)
        if (recording->threads[i].tid == tid && (!found || found->ended))
            found = &recording->threads[i];
    return found;
}

const struct recorded_wakes *recording_wakes(const struct recording *recording, uint64_t object)
{
    for (size_t i = 0; i < recording->wake_count; i++)
        if (recording->wakes[i].object == object)
            return &recording->wakes[i];
    return NULL;
}
