/* What the parts of resolve.h share. */
#ifndef RACELAB_EXPLORE_RESOLVER_H
#define RACELAB_EXPLORE_RESOLVER_H

#include "explain/code/image.h"
#include "explore/holds.h"
#include "explore/resolve.h"

/* An object without a name in the debug info. */
struct nameless {
    uint64_t from, to; /* its memory: [from, to) */
    const char *kind;  /* "mutex", "heap block", ...; static */
    size_t number;     /* of its kind, from 1 */
    char *name;        /* that a replay found; NULL: none */
};

struct resolver {
    struct resolve_options options;
    struct image image;
    void *places; /* a tree of struct seen_place, in resolve_place.c */
    struct nameless *nameless;
    size_t nameless_count;
    char **labels; /* of the block's threads */
    size_t label_count;
};

/* Threads' labels are those of this block from now on, and its nameless objects have numbers. */
void resolver_take(struct resolver *resolver, struct wire_block *block);
/* "main", "thread 2"; "a thread" of one that there is not. Owned by the resolver. */
const char *resolver_label(const struct resolver *resolver, uint64_t thread);

/* The place of a return address, or of an address of code itself; owned by the resolver. */
const struct place *resolver_place(struct resolver *resolver, uint64_t address, bool after_call);
void resolver_forget_places(struct resolver *resolver);
/* A copy of it with the path as it is told. */
struct place resolve_place_of(const struct resolver *resolver, const struct place *place);
/* "at bank.c:31", "in libevent-2.1.so.7", "at an unknown place". From malloc. */
char *place_phrase(const struct place *place);

/* Numbers the objects that have no name, from the steps of a run. */
void resolver_learn_memory(struct resolver *resolver, const struct wire_step *steps, size_t count);
/* What an operation is on: "`bank.lock`", "mutex 1", "thread 2", "descriptor 4"; NULL: nothing. From malloc. */
char *object_phrase(struct resolver *resolver, enum wire_op op, uint64_t object);
/* The name of a lock that is known by its address alone. From malloc. */
char *lock_phrase(struct resolver *resolver, uint64_t object);

/* What the sentences are told from. */
struct teller {
    struct resolver *resolver;
    struct wire_block *block;
    const struct wire_step *steps;
    size_t count;
    struct hold *holds; /* at the end of the run */
    size_t held;
    size_t threads;
};

/* Whether the thread stands before an operation. */
bool teller_stuck(const struct teller *teller, size_t thread);
/* As place_phrase(). */
char *teller_place(const struct teller *teller, uint64_t pc);
/* Adds `more`, which it takes over. */
char *teller_join(char *text, const char *separator, char *more);
/* Who waits for whom. From malloc. */
char *deadlock_sentence(const struct teller *teller);

#endif
