/*
 * Builds sentences about an explanation: places, labels, and names that keep objects apart. Pure.
 */
#ifndef RACELAB_EXPLAIN_STORY_TELLER_H
#define RACELAB_EXPLAIN_STORY_TELLER_H

#include "model/explanation.h"

struct told_object {
    size_t process;
    uint64_t address;
    const char *kind; /* "mutex", "read-write lock" */
    const char *name; /* NULL: it has none */
    bool alike;       /* others have the same name and kind */
    size_t letter;    /* see told_object_letter() */
    bool told;        /* a sentence has named it */
};

struct teller {
    const struct explanation *explanation; /* borrowed */
    struct told_object *objects;
    size_t object_count;
    bool many_files;  /* the places of the explanation are in more than one */
    const char *file; /* the last that this sentence has named */
    char *text;
    size_t length;
};

void teller_init(struct teller *teller, const struct explanation *explanation);
void teller_release(struct teller *teller);

void tell(struct teller *teller, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Ends the sentence; the caller frees it. */
char *teller_end(struct teller *teller);

/* "at 22", "at file.c:22", "in function", "at an unknown place"; NULL is an unknown place. */
void tell_place(struct teller *teller, const struct place *place);
/* " (taken at 21)", or nothing where that is unknown. */
void tell_taken(struct teller *teller, const struct place *taken);

void tell_label(struct teller *teller, size_t thread);
/* "main and thread 2", "threads 2 to 9", "12 threads 'worker'"; threads ascend. */
void tell_labels(struct teller *teller, const size_t *threads, size_t count);
/* The label of its only thread, else "process 2". */
void tell_process(struct teller *teller, size_t process);

/* "`lock`", "mutex A", "a mutex", and "the mutex" once it has been named. */
void tell_object(struct teller *teller, const struct stuck_thread *thread);
/* The same with its kind also before a name: "the condition variable `ready`". */
void tell_object_kind(struct teller *teller, const struct stuck_thread *thread);

/* Whether two texts, or two places as a reader sees them, are the same. Any may be NULL. */
bool same_text(const char *left, const char *right);
bool same_place(const struct place *left, const struct place *right);

#endif
