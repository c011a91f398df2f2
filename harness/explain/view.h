/*
 * A process tree while it is looked at: the image of each process and the unwound stack of each
 * thread, from which an explanation is filled.
 */
#ifndef RACELAB_EXPLAIN_VIEW_H
#define RACELAB_EXPLAIN_VIEW_H

#include "explain/code/client_stacks.h"
#include "explain/explain.h"
#include "explain/places.h"
#include "explain/recorder/recording.h"
#include "explain/waits/wait.h"

/* A name once found, so that a lock has one name whoever waits for it. */
struct named {
    uint64_t address;
    bool found;
    struct known_object object;
};

struct process_view {
    struct image image;
    bool open;                   /* the image was */
    bool client;                 /* it runs under Valgrind */
    struct client_stacks stacks; /* where it does */
    size_t first;                /* its first thread's index */
    size_t count;                /* of its threads, which follow one another */
    struct place_cache places;
    struct named *named; /* every address that was asked for */
    size_t named_count;
    struct recording recording;
    bool recorded;
};

/* Every array is parallel to the one of the same kind in `explanation`. */
struct view {
    struct explanation *explanation;
    const struct explain_options *options;
    struct process_view **processes;
    struct proc_thread *samples;
    struct frame_states *stacks;
    char *locks; /* of file_locks_read() */
};

/* Fills the explanation's processes and threads with all but labels and waits. */
void view_open(const struct tree_scan *tree, const struct explain_options *options,
               struct explanation *explanation, struct view *view);
void view_close(struct view *view);

/* Reads one thread's stack now: into `thread` (of which process and tid must be set) and `stack`. */
void view_stack(struct view *view, const struct proc_thread *sample, struct stuck_thread *thread,
                struct frame_states *stack);
/* Frees what view_stack() gave. */
void view_drop_stack(struct stuck_thread *thread, struct frame_states *stack);
/* Exchanges a stack with that of a thread of the explanation. */
void view_swap_stack(struct view *view, size_t index, struct stuck_thread *other,
                     struct frame_states *stack);

struct process_view *view_process(const struct view *view, size_t thread);

/* The name of an address in the process of a thread; see names_find(). */
bool view_object(struct view *view, size_t thread, uint64_t address, struct known_object *object);

/* The program's own innermost place of a recorded call; false where none is known. The caller
 * releases it. */
bool view_recorded_place(struct view *view, size_t process, const struct recorded_call *call,
                         struct place *place);

#endif
